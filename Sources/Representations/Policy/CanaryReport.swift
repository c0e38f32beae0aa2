import Operations
import Routing
import Wire

/// The counts of each canary and of the live policies over the same time: a row for each side.
package struct CanaryReport: ListedRepresentation {
  private let canaries: [CanaryStatus]

  /// `canaries` in the order of the rows.
  package init(_ canaries: [CanaryStatus]) { self.canaries = canaries }

  /// The live side of each canary first. The canary's row has the rollback limits.
  package var listing: Listing {
    var listing = Listing([
      "tenant", "generation", "side", "share", "decided", "judged", "faults", "waiting", "moved", "sent", "failed",
      "rollback_limits",
    ])
    for status in canaries {
      let parts = status.canary.share.partsPerMillion
      for side in PolicyLineup.Side.allCases {
        let tally = status.tallies[side]
        listing.add([
          .string(status.tenant.text), .integer(status.generation), .string(side.rawValue),
          .string(Percent.text(side == .canary ? parts : ContactShare.whole - parts)), JSONValue(tally.decided),
          JSONValue(tally.judged), JSONValue(tally.faults), JSONValue(tally.waiting), JSONValue(tally.moved),
          JSONValue(tally.sent), JSONValue(tally.failed),
          side == .canary ? JSONValue(status.canary.rollbackLimits?.text) : .null,
        ])
      }
    }
    return listing
  }
}

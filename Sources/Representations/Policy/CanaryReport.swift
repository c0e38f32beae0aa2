import Operations
import Routing
import Wire

/// How canaries do beside the live policies: a row for each side.
package struct CanaryReport: ListedRepresentation {
  private let canaries: [CanaryStatus]

  /// `canaries` in the order of the rows.
  package init(_ canaries: [CanaryStatus]) { self.canaries = canaries }

  /// The live side of each canary first; the limits stand in the row of the canary.
  package var listing: Listing {
    var listing = Listing([
      "tenant", "generation", "side", "share", "decided", "judged", "faults", "waiting", "moved", "sent", "failed",
      "bounds",
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
          side == .canary ? JSONValue(status.canary.guards?.text) : .null,
        ])
      }
    }
    return listing
  }
}

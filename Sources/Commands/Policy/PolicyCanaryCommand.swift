import ArgumentParser
import Representations
import Routing
import Wire

struct PolicyCanaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canary", abstract: "How a canary fares beside the live policies: both sides' counts, and its bounds.",
    discussion: """
      Counted is from when the share was set last. Shares are of the steps judged, each at its first decision; those of
      failed messages are of the messages sent.

        usher policy canary --tenant acme
        usher policy canary --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?

  func run() throws {
    var listing = Listing([
      "tenant", "generation", "side", "share", "decided", "judged", "faults", "waiting", "moved", "sent", "failed",
      "bounds",
    ])
    let store = try store.openToRead()
    for standing in try PolicyOrders.Standing.all(in: store, tenant: tenant.map(TenantID.init(stored:))) {
      guard let generation = standing.generation, let canary = generation.lineup.canary else { continue }
      let tallies = try store.read { try $0.canaryTallies(of: standing.tenant.key, in: generation.number) }
      for side in PolicyLineup.Side.allCases {
        let tally = tallies[side]
        let parts = canary.share.partsPerMillion
        listing.add([
          .string(standing.tenant.id.text), .integer(generation.number), .string(side.rawValue),
          .string(Percent.text(side == .canary ? parts : ContactShare.whole - parts)), JSONValue(tally.decided),
          JSONValue(tally.judged), JSONValue(tally.faults), JSONValue(tally.waiting), JSONValue(tally.moved),
          JSONValue(tally.sent), JSONValue(tally.failed),
          side == .canary ? JSONValue(canary.guards?.text) : .null,
        ])
      }
    }
    if listing.rows.isEmpty, format.format == .table {
      Talk.say("no canary runs; `usher policy history` shows what came of those that did")
    } else {
      Talk.put(listing, format.format)
    }
  }
}

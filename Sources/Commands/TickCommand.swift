import ArgumentParser
import Delivery
import Foundation
import Persistence
import Policies
import Routing
import Sequencing
import Wire

struct TickCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tick", abstract: "Run one cycle, print what it did, and exit.",
    discussion: """
      A cycle enrols leads whose triggers match a sequence, decides what is due, then sends what may be sent now. For
      cron, and for trying things: --now sets the clock.

        usher tick
        usher tick --now 2026-11-22T09:00:00Z --no-send --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var sending: SendOptions
  @OptionGroup var suspension: SuspensionOptions
  @OptionGroup var pinning: PinningOptions
  @OptionGroup var format: FormatOptions
  @Option(
    help: ArgumentHelp(
      "The time of the cycle, as in 2026-11-22T09:00:00Z; without it the machine's.", valueName: "time"))
  var now: InstantArgument?
  @Flag(inversion: .prefixedNo, help: "Send what may be sent after deciding.") var send = true

  func run() async throws {
    let clock: any Clock = now.map { FixedClock($0.instant) } ?? SystemClock()
    let catalog = try rules.catalog(store: try store.file())
    let runner = try StoreRunner(
      store: store, rules: rules, clock: clock, gateways: send ? sending : nil,
      suspendAfter: suspension.suspendAfter, isPinned: pinning.pinned,
      report: { event in
        Talk.say(CycleTalk.text(of: event))
        if case .policyRefused(_, let policy, _, _) = event { try? Self.showErrors(of: policy, in: catalog) }
      })
    let report = try await runner.run(at: clock.now())
    CycleTalk.put(report, format.format)
  }

  /// The errors of a policy that was refused, each with its line; nothing for one that failed its cases.
  private static func showErrors(of policy: String, in catalog: PolicyCatalog) throws(Fault) {
    let entry = try catalog.entry(named: policy)
    for finding in PolicyCheck(file: entry.name, source: entry.source).findings where finding.severity == .error {
      Talk.say(finding.text(in: entry.path ?? entry.name, SourceExcerpt(entry.source)).trimmed)
    }
  }
}

/// What a cycle did, in words and as the contract's JSON.
enum CycleTalk {
  static func text(of event: Cycle.Event) -> String {
    switch event {
    case .policyTaken(let tenant, let policy, let revision):
      "\(tenant): policy '\(policy)' taken, revision \(revision.prefix(19))…"
    case .policyRefused(let tenant, let policy, let message, let hasLastGood):
      "\(tenant): policy '\(policy)' refused: \(message); "
        + (hasLastGood ? "the last good revision goes on" : "the contacts wait until it is mended")
    case .policySuspended(let tenant, let streak):
      "\(tenant): policy '\(streak.policy)' suspended: it failed \(streak.faults) times in a row, last with: "
        + "\(streak.lastFault); the contacts wait until the file or the tenant's parameters change"
    case .suspensionEnded(let tenant, let streak):
      "\(tenant): policy '\(streak.policy)' is suspended no more"
    case .canaryRolledBack(let tenant, let generation, let evidence):
      "\(tenant): the canary was rolled back, generation \(generation): \(evidence.sentence); "
        + "the live policies decide for everyone"
    case .shadowRests(let tenant, let fault):
      "\(tenant): the shadow is not asked any more, it failed \(Cycle.shadowFaultsMax) times in a row, last with: \(fault)"
    case .turnGivenUp(let tenant):
      "\(tenant): its policies were changed during the cycle; the next one decides"
    }
  }

  static func put(_ report: CycleReport, _ format: ListingFormat) {
    let members = members(of: report)
    if format == .json { return Talk.put(JSONWriter().string(.object(JSONObject(members))) + "\n") }
    var listing = Listing(members.map(\.0))
    listing.add(members.map(\.1))
    Talk.put(listing, format)
  }

  private static func members(of report: CycleReport) -> [(String, JSONValue)] {
    [
      ("now", .string(report.now.rfc3339)), ("enrolled", JSONValue(report.enrolled)),
      ("decided", JSONValue(report.decided)), ("queued", JSONValue(report.queued)),
      ("waiting", JSONValue(report.waiting)), ("skipped", JSONValue(report.skipped)),
      ("sent", JSONValue(report.sent)), ("returned", JSONValue(report.returned)),
      ("failed", JSONValue(report.failed)), ("faults", JSONValue(report.faults)),
    ]
  }
}

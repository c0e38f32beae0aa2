import ArgumentParser
import Delivery
import Foundation
import Operations
import Policies
import PolicyLint
import Representations
import Routing
import Sequencing
import Wire

struct TickCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tick", abstract: "Run one cycle, print what it did, and exit.",
    discussion: """
      A cycle enrols leads whose triggers match a sequence, decides what is due, then sends what may be sent now. For
      cron, and for trying things: --now sets the clock. While sending is on hold it decides, sends nothing, and says so.

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
        Talk.say(event.sentence)
        if case .policyRefused(_, let policy, _, _) = event { try? Self.showErrors(of: policy, in: catalog) }
      })
    let report = try await runner.run(at: clock.now())
    Talk.put(report, format.format)
    for notice in runner.process.takeNotices() { Talk.say(notice) }
    if send { try HoldNotice.say(runner.store) }
  }

  /// The errors of a policy that was refused, each with its line; nothing for one that failed its cases.
  private static func showErrors(of policy: String, in catalog: PolicyCatalog) throws(Fault) {
    let entry = try catalog.entry(named: policy)
    for finding in PolicyCheck(file: entry.name, source: entry.source).findings where finding.severity == .error {
      Talk.say(finding.text(in: entry.path ?? entry.name, SourceExcerpt(entry.source)).withoutTrailingNewlines)
    }
  }
}

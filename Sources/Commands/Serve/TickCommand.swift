import ArgumentParser
import Daemon
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
      A cycle enrols leads whose triggers match a sequence, decides due steps, then sends the messages that are allowed
      to leave now. Use it from cron, or to experiment: --now sets the clock. While sending is on hold, it still
      decides, but it sends nothing and prints the holds. Without --now, it holds sending if times in the store are
      ahead of the machine's clock; `usher store clock accept` ends this hold.

        usher tick
        usher tick --now 2026-11-22T09:00:00Z --no-send --format json
      """)

  @OptionGroup var service: ServiceArguments
  @OptionGroup var format: FormatOptions
  @Option(
    help: ArgumentHelp(
      "The time of the cycle, such as 2026-11-22T09:00:00Z; default: now.", valueName: "time"))
  var now: InstantArgument?
  @Flag(inversion: .prefixedNo, help: "Send messages after deciding.") var send = true

  func run() async throws {
    let clock: any Clock = now.map { FixedClock($0.instant) } ?? SystemClock()
    let catalog = try service.rules.catalog(store: try service.store.file())
    var options = service.options(clock: clock)
    options.isTimeGiven = now != nil
    let tick = try buildTick(options, sends: send, notify: { TerminalOutput.note($0) })
    let report = try await tick.run(
      at: clock.now(),
      report: { event in
        TerminalOutput.note(event.sentence)
        if case .policyRefused(_, let policy, _, _) = event { try? Self.showErrors(of: policy, in: catalog) }
      })
    TerminalOutput.write(report, format.format)
    for notice in tick.takeNotices() { TerminalOutput.note(notice) }
    if send { try HoldNotice.say(tick.store) }
  }

  /// Prints the errors of a refused policy, each with its line; nothing for a policy that only failed its cases.
  private static func showErrors(of policy: String, in catalog: PolicyCatalog) throws(Fault) {
    let entry = try catalog.entry(named: policy)
    for finding in PolicyCheck(file: entry.name, source: entry.source).findings where finding.severity == .error {
      TerminalOutput.note(
        finding.text(in: entry.path ?? entry.name, SourceExcerpt(entry.source)).withoutTrailingNewlines)
    }
  }
}

import ArgumentParser
import Daemon
import Foundation
import Routing

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run cycles and send, until SIGTERM.",
    discussion: """
      Policy files are taken between two cycles when they change: checked, compiled and tried on their cases first. One
      that does not pass is refused and the last good revision goes on; see `usher policy list`.

      SIGTERM and SIGINT finish the batch at hand and exit 0. One process at a time runs on a store.

        usher serve
        # a store and policies elsewhere, a log for a program to read
        usher serve --store usher.db --rules Rules --log-format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var sending: SendOptions
  @OptionGroup var suspension: SuspensionOptions
  @OptionGroup var pinning: PinningOptions
  @Option(help: ArgumentHelp("Seconds between two cycles.", valueName: "seconds")) var every = 2.0
  @Option(name: .customLong("log-format"), help: "How to log to standard error: text or json.")
  var logFormat = LogFormat.text

  enum LogFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

  func validate() throws {
    guard every >= 0.05, every <= 3600 else {
      throw ValidationError("--every: expected 0.05 to 3600 seconds, found \(every)")
    }
  }

  func run() async throws {
    let clock = SystemClock()
    let events = EventRelay()
    var notices: [String] = []
    let runner = try StoreRunner(
      store: store, rules: rules, clock: clock, gateways: sending,
      suspendAfter: suspension.suspendAfter, isPinned: pinning.pinned, every: Int64(every * 1000),
      say: { notices.append($0) },
      report: { events.report($0) })
    let daemon = Daemon(
      sender: runner.sender!, gate: runner.process, recorder: runner.process, clock: clock,
      every: .milliseconds(Int64(every * 1000)),
      logFormat: logFormat == .json ? .json : .text, storeLoss: { [store = runner.store] in store.lossOfFile },
      makeCycle: { log in
        events.report = log
        return runner.cycle
      })
    try await daemon.run(store: try store.file(), processID: getpid(), notices: notices)
    withExtendedLifetime(runner) {}
  }
}

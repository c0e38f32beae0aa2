import Foundation
import Routing
import Sequencing

/// How a process runs on a store: the values that `usher serve` and `usher tick` read from their arguments and the machine.
package struct ServiceOptions: Sendable {
  /// Where the gateway `log` writes messages.
  package enum SentMessages: Sendable {
    /// The file `STORE.sent.jsonl`.
    case besideStore
    case standardOutput
    case file(String)
  }

  /// The format of log entries.
  package enum LogFormat: String, CaseIterable, Sendable { case text, json }

  /// The store's address, as `Stores` reads it.
  package var store: String
  /// The folder of policy files; nil for the folder `Rules` next to the store, if it exists.
  package var rules: String?
  /// Where messages go when the gateway is `log`; `--sent` sets it.
  package var sent = SentMessages.besideStore
  /// The time between two cycles. Messages are sent as often, and at least once a second.
  package var every = Duration.seconds(2)
  /// The least number of contacts that a policy must fail for to be suspended for a tenant; 0 suspends none.
  package var suspendAfter = Cycle.suspendAfter
  /// Whether edited policy files are ignored, so that only an operator changes the live policies.
  package var isPinned = false
  /// Set by `--log-format`; plain lines by default.
  package var logFormat = LogFormat.text

  /// The process that is recorded as the leader.
  package var processID: Int32
  /// The actor that is recorded for an upgrade of the store.
  package var actor: Actor
  /// The time of cycles, messages and log entries. `usher tick --now` sets it.
  package var clock: any Clock
  /// Whether `clock` returns a time that an operator gave, as for `usher tick --now`: then it never holds sending.
  package var isTimeGiven = false
  /// Milliseconds since the machine was booted, including sleep, to notice that `clock` jumps; nil to look for no jumps.
  package var bootTime: (@Sendable () -> Int64)?
  /// The machine's time when the options were created. It determines when copies of the store expire, whatever `clock`
  /// returns.
  package var machineTime: Instant
  /// Milliseconds of a clock that only goes forward; it ends batches and, in `serve`, the turns of tenants.
  package var stopwatch: @Sendable () -> Double
  /// Waits between two transactions of a cycle, so that other programs find the store free.
  package var leaveGap: @Sendable (Gap) -> Void = { gap in usleep(gap == .long ? 25_000 : 2000) }
  /// Waits between two rounds of a service. It must end early, by throwing, if its task is cancelled.
  package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  /// Receives each line of the log, with its line end. Called from several threads.
  package var log: @Sendable (String) -> Void = LineLogHandler.writeToStandardError

  /// The default options for a store.
  package init(
    store: String, processID: Int32, actor: Actor, clock: any Clock, machineTime: Instant,
    stopwatch: @escaping @Sendable () -> Double
  ) {
    (self.store, self.processID, self.actor) = (store, processID, actor)
    (self.clock, self.machineTime, self.stopwatch) = (clock, machineTime, stopwatch)
  }
}

import Delivery
import Logging
import Routing
import Sequencing
import ServiceLifecycle

/// The running program: cycles and the sender side by side until SIGTERM or SIGINT.
///
/// Policy files are looked at at the beginning of each cycle, so a change is taken between two cycles and never within
/// one.
package struct Daemon {
  /// How log lines are written: for people, or one JSON object each.
  package enum LogFormat: String, CaseIterable, Sendable { case text, json }

  private let cycle: Cycle
  private let sender: Sender
  private let gate: any SendingGate
  private let recorder: any CycleRecorder
  private let clock: any Clock
  private let every: Duration
  private let loss: StoreLoss
  private let logger: Logger

  /// `storeLoss` says that the store's file is gone, which ends the program with an error; it is asked before each cycle
  /// and each round of sending. `makeCycle` is given the function that logs what a cycle has to say.
  package init(
    sender: Sender, gate: any SendingGate, recorder: any CycleRecorder, clock: any Clock, every: Duration,
    logFormat: LogFormat, storeLoss: @escaping @Sendable () -> StoreError?,
    makeCycle: (@escaping (Cycle.Event) -> Void) -> Cycle
  ) {
    var logger = Logger(label: "usher") { _ in LineLogHandler(format: logFormat) }
    logger.logLevel = .info
    let events = logger
    cycle = makeCycle { events.log($0) }
    (self.sender, self.gate, self.recorder) = (sender, gate, recorder)
    self.clock = clock
    self.every = every
    loss = StoreLoss(find: storeLoss)
    self.logger = logger
  }

  /// Runs until a signal asks it to end; the batch at hand is finished first. `notices` are logged first. Throws what
  /// made a service fail.
  package func run(store: String, processID: Int32, notices: [String] = []) async throws {
    for notice in notices { logger.notice("\(notice)") }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(
            service: CycleService(
              cycle: cycle, gate: gate, recorder: recorder, clock: clock, every: every, loss: loss, logger: logger,
              start: ["store": "\(store)", "process": "\(processID)"]),
            failureTerminationBehavior: .gracefullyShutdownGroup, serviceName: "cycles"),
          .init(
            service: SenderService(
              sender: sender, gate: gate, every: min(every, .seconds(1)), loss: loss, logger: logger),
            failureTerminationBehavior: .gracefullyShutdownGroup, serviceName: "sender"),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
    try await group.run()
    logger.notice("stopped")
  }

  /// The lifecycle library tells of each of its steps; those of interest are logged here.
  private var quiet: Logger {
    var quiet = logger
    quiet.logLevel = .error
    return quiet
  }
}

extension Logger {
  fileprivate func log(_ event: Cycle.Event) {
    let text = event.text
    let metadata = Logger.Metadata(text.fields.map { ($0.name, "\($0.value)") }) { first, _ in first }
    log(level: Logger.Level(text.level), "\(text.message)", metadata: metadata)
  }
}

extension Logger.Level {
  fileprivate init(_ level: Cycle.Event.Text.Level) {
    switch level {
    case .info: self = .info
    case .notice: self = .notice
    case .warning: self = .warning
    case .error: self = .error
    }
  }
}

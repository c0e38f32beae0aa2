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
  package enum LogFormat: String, CaseIterable, Sendable { case text, json }

  private let cycle: Cycle
  private let sender: Sender
  private let clock: any Clock
  private let every: Duration
  private let logger: Logger

  /// `makeCycle` is given the function that logs what a cycle has to say.
  package init(
    sender: Sender, clock: any Clock, every: Duration, logFormat: LogFormat,
    makeCycle: (@escaping (Cycle.Event) -> Void) -> Cycle
  ) {
    var logger = Logger(label: "usher") { _ in LineLogHandler(format: logFormat) }
    logger.logLevel = .info
    let events = logger
    cycle = makeCycle { event in
      switch event {
      case .policyTaken(let tenant, let policy, let revision):
        events.notice(
          "policy taken",
          metadata: ["tenant": "\(tenant)", "policy": "\(policy)", "revision": "\(revision)"])
      case .policyRefused(let tenant, let policy, let message, let hasLastGood):
        events.error(
          hasLastGood
            ? "policy refused; the last good revision goes on"
            : "policy refused; the tenant's contacts wait until it is mended",
          metadata: ["tenant": "\(tenant)", "policy": "\(policy)", "error": "\(message)"])
      case .policySuspended(let tenant, let streak):
        events.error(
          "policy suspended; the tenant's contacts wait until its file or parameters change",
          metadata: [
            "tenant": "\(tenant)", "policy": "\(streak.policy)", "revision": "\(streak.revision)",
            "faults": "\(streak.faults)", "error": "\(streak.lastFault)",
          ])
      case .suspensionEnded(let tenant, let streak):
        events.notice(
          "policy suspended no more",
          metadata: ["tenant": "\(tenant)", "policy": "\(streak.policy)", "revision": "\(streak.revision)"])
      case .canaryRolledBack(let tenant, let generation, let evidence):
        events.error(
          "canary rolled back; the live policies decide for everyone",
          metadata: ["tenant": "\(tenant)", "generation": "\(generation)", "because": "\(evidence.sentence)"])
      case .shadowRests(let tenant, let fault):
        events.warning(
          "shadow is not asked any more; it failed again and again",
          metadata: ["tenant": "\(tenant)", "error": "\(fault)"])
      case .turnGivenUp(let tenant):
        events.info(
          "policies changed during the cycle; the next one decides", metadata: ["tenant": "\(tenant)"])
      }
    }
    self.sender = sender
    self.clock = clock
    self.every = every
    self.logger = logger
  }

  /// Runs until a signal asks it to end; the batch at hand is finished first. Throws what made a service fail.
  package func run(store: String, processID: Int32) async throws {
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(
            service: CycleService(
              cycle: cycle, clock: clock, every: every, logger: logger,
              start: ["store": "\(store)", "process": "\(processID)"]),
            failureTerminationBehavior: .gracefullyShutdownGroup, serviceName: "cycles"),
          .init(
            service: SenderService(sender: sender, every: min(every, .seconds(1)), logger: logger),
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

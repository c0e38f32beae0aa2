import Logging
import ServiceLifecycle

/// The running program: the services of `buildServices` in parallel, until a signal or `stop` ends them.
package struct Daemon: Sendable {
  private let group: ServiceGroup
  private let logger: Logger

  /// Takes over the store; throws the errors of `buildServices`. `signals`: whether SIGTERM and SIGINT end it.
  package init(_ options: ServiceOptions, signals: Bool = true) throws {
    logger = makeLogger(options)
    // The lifecycle library logs each of its steps; the services already log the relevant ones.
    var quiet = logger
    quiet.logLevel = .error
    group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: try buildServices(options).map {
          .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
        },
        gracefulShutdownSignals: signals ? [.sigterm, .sigint] : [], logger: quiet))
  }

  /// Runs until it is stopped, and finishes the current batch first. Call it once. Throws the error that made a service fail.
  package func run() async throws {
    try await group.run()
    logger.notice("stopped")
  }

  /// Makes `run` finish its current work and return. Returns at once.
  package func stop() async { await group.triggerGracefulShutdown() }
}

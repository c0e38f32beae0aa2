import Dispatch
import Logging
import Routing
import Sequencing
import ServiceLifecycle

/// Runs a cycle every few seconds on its own thread, since it waits for the disk, which tasks must not do.
struct CycleService: Service {
  /// Used only on the queue below.
  private struct Confined: @unchecked Sendable { let cycle: Cycle }

  private let confined: Confined
  private let queue = DispatchQueue(label: "usher.cycle")
  private let round: ServiceRound
  private let activity: ActivityLog
  private let clock: any Clock
  private let every: Duration
  private let processID: Int32

  init(
    cycle: Cycle, round: ServiceRound, activity: ActivityLog, clock: any Clock, every: Duration, processID: Int32
  ) {
    confined = Confined(cycle: cycle)
    (self.round, self.activity, self.clock) = (round, activity, clock)
    (self.every, self.processID) = (every, processID)
  }

  func run() async throws {
    // The group handles signals from now on, so whoever waits for this line may send one.
    round.logger.notice("started", metadata: ["store": "\(round.process.path)", "process": "\(processID)"])
    let stop = StopFlag()
    try await withGracefulShutdownHandler {
      try await round.repeat(every: every, until: stop) { try await once(stop) }
    } onGracefulShutdown: {
      stop.set()
    }
  }

  /// Returns whether the cycle left work, so that the next one begins at once.
  private func once(_ stop: StopFlag) async throws -> Bool {
    let running = round.process.running
    if let problem = running.lockProblem() {
      let error = StoreError.lockLost(problem)
      _ = round.logIfFatal(error)
      throw error
    }
    running.cycleBegan()
    switch await cycle(stop) {
    case .success(let report):
      running.cycleEnded()
      activity.ended(report)
      return report.isUnfinished
    case .failure(let error):
      if round.logIfFatal(error) { throw error }
      // The batch was rolled back; the next cycle finds the same contacts due.
      round.logger.error("cycle failed", metadata: ["error": "\(error)"])
      return false
    }
  }

  private func cycle(_ stop: StopFlag) async -> Result<CycleReport, any Error> {
    let (confined, logger, now) = (confined, round.logger, clock.now())
    return await withCheckedContinuation { continuation in
      queue.async {
        continuation.resume(
          returning: Result {
            try confined.cycle.run(at: now, shouldStop: { stop.value }, report: { logger.log($0) })
          })
      }
    }
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

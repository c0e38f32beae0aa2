import Delivery
import Dispatch
import Logging
import Routing
import Sequencing
import ServiceLifecycle
import Synchronization

/// Whether the process was asked to end; asked between two transactions.
final class StopFlag: Sendable {
  private let isSet = Atomic<Bool>(false)
  func set() { isSet.store(true, ordering: .relaxed) }
  var value: Bool { isSet.load(ordering: .relaxed) }
}

/// Runs a cycle every few seconds on a thread of its own: it waits for the disk, which tasks must not.
struct CycleService: Service {
  /// Touched on the queue below and nowhere else.
  private struct Confined: @unchecked Sendable { let cycle: Cycle }

  private let confined: Confined
  private let queue = DispatchQueue(label: "usher.cycle")
  private let clock: any Clock
  private let every: Duration
  private let logger: Logger
  /// Logged when signals are listened to: whoever waits for the line may send one.
  private let start: Logger.Metadata

  init(cycle: Cycle, clock: any Clock, every: Duration, logger: Logger, start: Logger.Metadata) {
    confined = Confined(cycle: cycle)
    self.clock = clock
    self.every = every
    self.logger = logger
    self.start = start
  }

  func run() async throws {
    logger.notice("started", metadata: start)
    let stop = StopFlag()
    try await withGracefulShutdownHandler {
      while !stop.value {
        try await once(stop)
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: every) }
      }
    } onGracefulShutdown: {
      stop.set()
    }
  }

  private func once(_ stop: StopFlag) async throws {
    let (confined, now) = (confined, clock.now())
    let result: Result<CycleReport, any Error> = await withCheckedContinuation { continuation in
      queue.async {
        continuation.resume(
          returning: Result { try confined.cycle.run(at: now, shouldStop: { stop.value }) })
      }
    }
    switch result {
    case .success(let report):
      guard report.enrolled + report.decided > 0 else { return }
      logger.info(
        "cycle",
        metadata: [
          "enrolled": "\(report.enrolled)", "decided": "\(report.decided)", "queued": "\(report.queued)",
          "waiting": "\(report.waiting)", "skipped": "\(report.skipped)", "cancelled": "\(report.cancelled)",
          "faults": "\(report.faults)",
        ])
    case .failure(StoreError.leadershipLost):
      logger.critical("another process became the leader of this store; stopping")
      throw StoreError.leadershipLost
    case .failure(let error):
      // Nothing of the batch was written; the next cycle finds the same contacts due.
      logger.error("cycle failed", metadata: ["error": "\(error)"])
    }
  }
}

/// Clears up after an earlier process, then sends what may be sent, every second.
struct SenderService: Service {
  let sender: Sender
  let every: Duration
  let logger: Logger

  func run() async throws {
    let stop = StopFlag()
    try await withGracefulShutdownHandler {
      try await recover()
      while !stop.value {
        try await once(stop)
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: every) }
      }
    } onGracefulShutdown: {
      stop.set()
    }
  }

  private func recover() async throws {
    let counts = try await sender.recover()
    guard counts != SendCounts() else { return }
    logger.notice(
      "cleared up after an earlier process",
      metadata: ["sent": "\(counts.sent)", "returned": "\(counts.returned)", "unknown": "\(counts.unknown)"])
  }

  private func once(_ stop: StopFlag) async throws {
    do {
      log(try await sender.run(shouldStop: { stop.value }))
    } catch StoreError.leadershipLost {
      logger.critical("another process became the leader of this store; stopping")
      throw StoreError.leadershipLost
    } catch {
      logger.error("sending failed", metadata: ["error": "\(error)"])
    }
  }

  private func log(_ counts: SendCounts) {
    guard counts != SendCounts() else { return }
    logger.info(
      "sent",
      metadata: [
        "sent": "\(counts.sent)", "returned": "\(counts.returned)", "failed": "\(counts.failed)",
        "unknown": "\(counts.unknown)",
      ])
  }
}

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

/// Ends the program when the store's file is gone: what it writes then, nobody sees, and what it sends, nobody knows of.
struct StoreLoss: Sendable {
  let find: @Sendable () -> StoreError?

  func check(_ logger: Logger) throws(StoreError) {
    guard let loss = find() else { return }
    logger.critical("\(Self.text(loss)); stopping")
    throw loss
  }

  private static func text(_ error: StoreError) -> String {
    if case .unusable(let text) = error { text } else { "\(error)" }
  }
}

/// Runs a cycle every few seconds on a thread of its own: it waits for the disk, which tasks must not.
struct CycleService: Service {
  /// Touched on the queue below and nowhere else.
  private struct Confined: @unchecked Sendable { let cycle: Cycle }

  private let confined: Confined
  private let queue = DispatchQueue(label: "usher.cycle")
  private let gate: any SendingGate
  private let recorder: any CycleRecorder
  private let clock: any Clock
  private let every: Duration
  private let loss: StoreLoss
  private let logger: Logger
  /// Logged when signals are listened to: whoever waits for the line may send one.
  private let start: Logger.Metadata

  init(
    cycle: Cycle, gate: any SendingGate, recorder: any CycleRecorder, clock: any Clock, every: Duration,
    loss: StoreLoss,
    logger: Logger,
    start: Logger.Metadata
  ) {
    self.loss = loss
    confined = Confined(cycle: cycle)
    (self.gate, self.recorder) = (gate, recorder)
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
    try loss.check(logger)
    if let problem = gate.lockProblem() {
      logger.critical("\(problem)")
      throw StoreError.lockLost(problem)
    }
    let (confined, now) = (confined, clock.now())
    recorder.cycleBegan()
    let result: Result<CycleReport, any Error> = await withCheckedContinuation { continuation in
      queue.async {
        continuation.resume(
          returning: Result { try confined.cycle.run(at: now, shouldStop: { stop.value }) })
      }
    }
    switch result {
    case .success(let report):
      recorder.cycleEnded()
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

/// Clears up after an earlier process, then sends what may be sent, every second. Logs each hold when it begins and ends.
struct SenderService: Service {
  let sender: Sender
  let gate: any SendingGate
  let every: Duration
  let loss: StoreLoss
  let logger: Logger

  func run() async throws {
    let stop = StopFlag()
    try await withGracefulShutdownHandler {
      var holds: [SendingHold] = []
      tell(&holds)
      try await recover()
      while !stop.value {
        try await once(stop)
        tell(&holds)
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
    try loss.check(logger)
    do {
      log(try await sender.run(shouldStop: { stop.value }))
    } catch StoreError.leadershipLost {
      logger.critical("another process became the leader of this store; stopping")
      throw StoreError.leadershipLost
    } catch StoreError.lockLost(let problem) {
      logger.critical("\(problem)")
      throw StoreError.lockLost(problem)
    } catch {
      logger.error("sending failed", metadata: ["error": "\(error)"])
    }
  }

  /// Logs what was put on hold and what was released since the last time.
  private func tell(_ known: inout [SendingHold]) {
    defer { for notice in gate.takeNotices() { logger.warning("\(notice)") } }
    // When it fails, sending fails as well, and that is logged.
    guard let holds = try? gate.refresh() else { return }
    for hold in holds where !known.contains(hold) {
      logger.warning("sending is on hold", metadata: fields(hold))
    }
    for hold in known where !holds.contains(hold) {
      var fields = fields(hold)
      (fields["held_by"], fields["held_reason"]) = (fields["by"], fields["reason"])
      let release = gate.release(of: hold)
      (fields["by"], fields["reason"]) = (release.map { "\($0.by)" }, release.map { "\($0.reason)" })
      logger.notice("hold released", metadata: fields)
    }
    known = holds
  }

  private func fields(_ hold: SendingHold) -> Logger.Metadata {
    var fields: Logger.Metadata = [
      "scope": "\(hold.tenant == nil ? "store" : "tenant")", "kind": "\(hold.kind.rawValue)",
      "reason": "\(hold.reason)", "by": "\(hold.actor.name)", "since": "\(hold.at.rfc3339)",
    ]
    if let tenant = hold.tenant { fields["tenant"] = "\(tenant)" }
    return fields
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

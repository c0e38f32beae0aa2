import Logging
import Routing
import ServiceLifecycle
import Synchronization

/// The state that the rounds of all services share: the store, its checks, the pauses, the log.
struct ServiceRound: Sendable {
  let process: StoreProcess
  let logger: Logger
  let sleep: @Sendable (Duration) async throws -> Void

  /// Runs `body` repeatedly, with pauses, until the process receives a signal to end or the task is cancelled. There is no
  /// pause while `body` returns true: it has more to do. Throws the errors of `body`, and `StoreError` if the store's file
  /// no longer exists.
  func `repeat`(every pause: Duration, until stop: StopFlag, _ body: () async throws -> Bool) async throws {
    while !stop.value, !Task.isCancelled {
      try checkFile()
      if try await body() { continue }
      // Throws if the process must end; the loop checks that too.
      try? await cancelWhenGracefulShutdown { try await sleep(pause) }
    }
  }

  /// Ends the program if the store's file no longer exists: nobody could see what it writes or sends.
  private func checkFile() throws(StoreError) {
    guard let loss = process.store.lossOfFile else { return }
    let text = if case .unusable(let text) = loss { text } else { "\(loss)" }
    logger.critical("\(text); stopping")
    throw loss
  }

  /// Logs the two errors that end the process, and returns true for them: the leadership or the lock is lost permanently.
  func logIfFatal(_ error: any Error) -> Bool {
    switch error {
    case StoreError.leadershipLost:
      logger.critical("another process became the leader of this store; stopping")
    case StoreError.lockLost(let problem):
      logger.critical("\(problem)")
    default: return false
    }
    return true
  }
}

/// Whether the process must end; checked between two transactions, and within one.
final class StopFlag: Sendable {
  private let isSet = Atomic<Bool>(false)
  func set() { isSet.store(true, ordering: .relaxed) }
  var value: Bool { isSet.load(ordering: .relaxed) }
}

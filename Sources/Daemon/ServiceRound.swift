import Logging
import Routing
import ServiceLifecycle
import Synchronization

/// What the rounds of every service have in common: the store, its checks, the pauses, the log.
struct ServiceRound: Sendable {
  let process: StoreProcess
  let logger: Logger
  let sleep: @Sendable (Duration) async throws -> Void

  /// Runs `body` again and again, with pauses, until the process is asked to end or the task is cancelled. Throws what `body`
  /// throws, and `StoreError` if the store's file is gone.
  func `repeat`(every pause: Duration, until stop: StopFlag, _ body: () async throws -> Void) async throws {
    while !stop.value, !Task.isCancelled {
      try checkFile()
      try await body()
      // Throws when the process is asked to end; the loop sees it too.
      try? await cancelWhenGracefulShutdown { try await sleep(pause) }
    }
  }

  /// Ends the program when the store's file is gone: nobody sees what it writes then, or knows what it sends.
  private func checkFile() throws(StoreError) {
    guard let loss = process.store.lossOfFile else { return }
    let text = if case .unusable(let text) = loss { text } else { "\(loss)" }
    logger.critical("\(text); stopping")
    throw loss
  }

  /// Logs the two errors that end the process, and returns true for them: leadership and lock are lost for good.
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

/// Whether the process was asked to end; read between two transactions.
final class StopFlag: Sendable {
  private let isSet = Atomic<Bool>(false)
  func set() { isSet.store(true, ordering: .relaxed) }
  var value: Bool { isSet.load(ordering: .relaxed) }
}

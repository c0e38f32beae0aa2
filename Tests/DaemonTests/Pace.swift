import Synchronization

/// Makes the services of a daemon wait between two rounds until the test releases them.
final class Pace: Sendable {
  private struct State {
    var nextID = 0
    var sleeping: [Int: CheckedContinuation<Void, any Error>] = [:]
    /// Sleepers that were cancelled before they slept.
    var cancelled: Set<Int> = []
    /// The test's continuation while it waits for both services to sleep.
    var test: CheckedContinuation<Void, Never>?
  }

  /// The cycle service and the sender.
  private static let services = 2
  private let state = Mutex(State())

  /// The services call this instead of a clock.
  func sleep() async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let (isCancelled, test) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
          if state.cancelled.remove(id) != nil { return (true, nil) }
          state.sleeping[id] = continuation
          guard state.sleeping.count == Pace.services else { return (false, nil) }
          defer { state.test = nil }
          return (false, state.test)
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
        test?.resume()
      }
    } onCancel: {
      let continuation = state.withLock { state in
        let continuation = state.sleeping.removeValue(forKey: id)
        if continuation == nil { state.cancelled.insert(id) }
        return continuation
      }
      continuation?.resume(throwing: CancellationError())
    }
  }

  /// Returns when both services have finished a round.
  func bothSleep() async {
    await withCheckedContinuation { continuation in
      let isNow = state.withLock { state in
        if state.sleeping.count == Pace.services { return true }
        state.test = continuation
        return false
      }
      if isNow { continuation.resume() }
    }
  }

  /// Lets each sleeping service run its next round.
  func goOn() {
    let sleeping = state.withLock { state in
      defer { state.sleeping = [:] }
      return state.sleeping.values
    }
    for continuation in sleeping { continuation.resume() }
  }
}

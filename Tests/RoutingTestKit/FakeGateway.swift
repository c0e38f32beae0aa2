import Delivery
import Routing
import Synchronization

/// A gateway that answers as the test specifies and records the messages it received.
package final class FakeGateway: Gateway {
  private struct State {
    var sent: [Message] = []
    var outcome: @Sendable (Message) -> SendOutcome
    var consideration: @Sendable (Message) -> AttemptStatus
  }
  private let state: Mutex<State>

  package init(
    outcome: @escaping @Sendable (Message) -> SendOutcome = { .accepted(gatewayID: "g-\($0.key.raw)") },
    consideration: @escaping @Sendable (Message) -> AttemptStatus = { _ in .cannotTell }
  ) {
    state = Mutex(State(outcome: outcome, consideration: consideration))
  }

  /// In the order of delivery, whatever the answer was.
  package var sent: [Message] { state.withLock { $0.sent } }

  package func answer(_ outcome: @escaping @Sendable (Message) -> SendOutcome) {
    state.withLock { $0.outcome = outcome }
  }

  package func send(_ message: Message) async -> SendOutcome {
    state.withLock {
      $0.sent.append(message)
      return $0.outcome(message)
    }
  }

  package func statuses(of messages: [Message]) async -> [AttemptStatus] {
    state.withLock { state in messages.map { state.consideration($0) } }
  }
}

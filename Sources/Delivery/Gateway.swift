import Routing

/// Sends messages outside of Usher. The engine, not the gateway, is responsible for idempotency.
package protocol Gateway: Sendable {
  /// Tries once. Never throws: an error is an outcome, and an uncertain result is `unknown`.
  func send(_ message: Message) async -> SendOutcome

  /// The results of attempts whose process died before it could record them: an answer for each, in order.
  func statuses(of messages: [Message]) async -> [AttemptStatus]
}

/// A gateway's knowledge of an earlier attempt.
package enum AttemptStatus: Equatable, Sendable {
  case accepted(gatewayID: String?)
  case neverReceived
  case cannotTell
}

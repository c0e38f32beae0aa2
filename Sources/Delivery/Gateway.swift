import Routing

/// Hands messages to the outside. The engine owns idempotency: no gateway is asked for it.
package protocol Gateway: Sendable {
  /// Tries once. Never throws: what went wrong is an outcome, and a doubt is `unknown`.
  func send(_ message: Message) async -> SendOutcome

  /// What became of attempts whose process died before it could say: an answer for each, in their order.
  func statuses(of messages: [Message]) async -> [AttemptStatus]
}

/// What a gateway knows of an earlier attempt.
package enum AttemptStatus: Equatable, Sendable {
  case accepted(gatewayID: String?)
  case neverReceived
  case cannotTell
}

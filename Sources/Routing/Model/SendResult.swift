/// A claimed message and what came of it.
package struct SendResult: Equatable, Sendable {
  /// As it was claimed.
  package var message: Message
  /// The gateway's answer, or why none was asked for.
  package var outcome: SendOutcome
  /// `message` must be one that this process claimed.
  package init(message: Message, outcome: SendOutcome) { (self.message, self.outcome) = (message, outcome) }
}

/// What one batch of sends came to.
package struct SendCounts: Equatable, Sendable {
  /// Accepted by a gateway.
  package var sent = 0
  /// Back to `pending`: the device, not the message, was at fault, or nothing was sent.
  package var returned = 0
  /// Refused for good.
  package var failed = 0
  /// Nobody knows whether the gateway has them.
  package var unknown = 0

  /// Zeros.
  package init() {}

  package static func += (a: inout SendCounts, b: SendCounts) {
    a.sent += b.sent
    a.returned += b.returned
    a.failed += b.failed
    a.unknown += b.unknown
  }
}

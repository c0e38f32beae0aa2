/// A claimed message and the result of its attempt.
package struct SendResult: Equatable, Sendable {
  /// As it was claimed.
  package var message: Message
  /// The gateway's answer, or why the gateway was not called.
  package var outcome: SendOutcome
  /// `message` must be one that this process has claimed.
  package init(message: Message, outcome: SendOutcome) { (self.message, self.outcome) = (message, outcome) }
}

/// The totals of one batch of sends.
package struct SendCounts: Equatable, Sendable {
  /// Accepted by a gateway.
  package var sent = 0
  /// Returned to `pending`: the device was at fault, or nothing was sent.
  package var returned = 0
  /// Permanently refused.
  package var failed = 0
  /// It is unknown whether the gateway has them.
  package var unknown = 0

  /// All counts are zero.
  package init() {}

  package static func += (a: inout SendCounts, b: SendCounts) {
    a.sent += b.sent
    a.returned += b.returned
    a.failed += b.failed
    a.unknown += b.unknown
  }
}

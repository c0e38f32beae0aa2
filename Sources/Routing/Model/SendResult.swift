/// A claimed message and what came of it.
package struct SendResult: Equatable, Sendable {
  package var message: Message
  package var outcome: SendOutcome
  package init(message: Message, outcome: SendOutcome) { (self.message, self.outcome) = (message, outcome) }
}

/// What one batch of sends came to.
package struct SendCounts: Equatable, Sendable {
  package var sent = 0
  /// Back to `pending`: the device, not the message, was at fault, or nothing was sent.
  package var returned = 0
  package var failed = 0
  package var unknown = 0

  package init() {}

  package static func += (a: inout SendCounts, b: SendCounts) {
    a.sent += b.sent
    a.returned += b.returned
    a.failed += b.failed
    a.unknown += b.unknown
  }
}

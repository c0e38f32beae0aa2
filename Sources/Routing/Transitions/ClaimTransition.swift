/// The changes that follow from the claim of one pending message.
package enum ClaimTransition {
  /// The reason on message and enrolment when a claim cancels them.
  package static let optedOutReason = "the lead opted out"

  /// Leases the message, or cancels it if its lead opted out after it was queued. `draw` is a uniform number in 0..<1 and
  /// is called only for a device with a pace.
  package static func claim(
    leadOptedOut: Bool, on device: Device, draw: () -> Double, now: Instant
  ) -> ClaimChanges {
    if leadOptedOut {
      return .cancel(
        MessageChange(.cancelled, error: optedOutReason),
        EnrolmentChange(.cancelled, reason: optedOutReason, code: .optedOut, attempts: .kept, endedAt: now))
    }
    let pause = device.pace == .none ? 0 : device.pace.pauseMilliseconds(draw: draw())
    return .lease(nextSendAt: pause > 0 ? now.advanced(byMilliseconds: pause) : nil)
  }
}

/// The rows that a claim changes.
package enum ClaimChanges: Equatable, Sendable {
  /// The message is leased as a new attempt. The device sends no other message before `nextSendAt`; nil keeps its time.
  case lease(nextSendAt: Instant?)
  /// Both end. An enrolment that is not open is not changed.
  case cancel(MessageChange, EnrolmentChange)
}

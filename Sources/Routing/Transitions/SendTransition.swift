/// The changes that follow from one attempt to send a message.
package enum SendTransition {
  /// The changes after `outcome`. The enrolment changes only while it awaits the message.
  package static func after(_ outcome: SendOutcome, of claim: ClaimedMessage, now: Instant) -> SendChanges {
    var counts = SendCounts()
    switch outcome {
    case .accepted(let gatewayID):
      counts.sent = 1
      return SendChanges(
        message: MessageChange(.sent, sentAt: now, gatewayID: gatewayID),
        attempt: AttemptChange(.accepted, gatewayID: gatewayID),
        enrolment: claim.isAwaited ? .completing(claim.step, at: now) : nil, counts: counts)
    case .unknown(let reason):
      counts.unknown = 1
      let reason = reason.asReason
      return SendChanges(
        message: MessageChange(.unknown, error: reason), attempt: AttemptChange(.unknown, error: reason),
        enrolment: claim.isAwaited ? EnrolmentChange(.queued, reason: reason, attempts: .kept) : nil, counts: counts)
    case .refused(let reason):
      counts.failed = 1
      let reason = reason.asReason
      return SendChanges(
        message: MessageChange(.failed, error: reason, advancesTry: true),
        attempt: AttemptChange(.refused, error: reason),
        enrolment: claim.isAwaited ? EnrolmentChange(.failed, reason: reason, attempts: .kept, endedAt: now) : nil,
        counts: counts)
    case .deviceFault(let reason, let pauseSeconds):
      let reason = reason.asReason
      return returned(
        claim, .deviceFault, reason,
        pause: DevicePause(until: now.advanced(bySeconds: max(pauseSeconds, 0)), reason: reason))
    case .notSent(let reason):
      return returned(claim, .notSent, reason.asReason)
    }
  }

  /// Returns the message to `pending`. If its enrolment no longer awaits it, the message is cancelled with the
  /// enrolment's reason.
  private static func returned(
    _ claim: ClaimedMessage, _ outcome: AttemptOutcome, _ reason: String, pause: DevicePause? = nil
  ) -> SendChanges {
    var counts = SendCounts()
    counts.returned = 1
    return SendChanges(
      message: claim.isAwaited
        ? MessageChange(.pending, error: reason, advancesTry: true)
        : MessageChange(.cancelled, error: claim.enrolmentReason ?? reason, advancesTry: true),
      attempt: AttemptChange(outcome, error: reason), pause: pause, counts: counts)
  }
}

/// A message being sent, with the state of its enrolment.
package struct ClaimedMessage: Equatable, Sendable {
  /// The message's step.
  package var step: StepPosition
  /// The current status: an operator or an opt-out may have ended the enrolment after the claim.
  package var enrolmentStatus: EnrolmentStatus
  /// The number of the enrolment's current step.
  package var enrolmentStep: Int
  /// Why it ended or waits; a returned message is cancelled with this reason.
  package var enrolmentReason: String?

  /// All values must be read in the transaction that writes the outcome.
  package init(step: StepPosition, enrolmentStatus: EnrolmentStatus, enrolmentStep: Int, enrolmentReason: String?) {
    self.step = step
    self.enrolmentStatus = enrolmentStatus
    self.enrolmentStep = enrolmentStep
    self.enrolmentReason = enrolmentReason
  }

  /// Whether the enrolment waits for this message. It does not if it was cancelled after the claim.
  package var isAwaited: Bool { enrolmentStatus == .queued && enrolmentStep == step.number }
}

/// How an attempt ended. The schema enforces the same set.
package enum AttemptOutcome: String, CaseIterable, Sendable {
  case accepted, unknown, refused
  case deviceFault = "device_fault"
  case notSent = "not_sent"
}

/// The rows that the end of an attempt changes.
package struct SendChanges: Equatable, Sendable {
  /// The message leaves `sending` in every case.
  package var message: MessageChange
  /// The attempt ends in every case.
  package var attempt: AttemptChange
  /// Nil leaves the enrolment as it is.
  package var enrolment: EnrolmentChange?
  /// Nil does not pause the device.
  package var pause: DevicePause?
  /// What the attempt adds to the counts of its batch.
  package var counts: SendCounts

  /// By default enrolment and device are not changed.
  package init(
    message: MessageChange, attempt: AttemptChange, enrolment: EnrolmentChange? = nil, pause: DevicePause? = nil,
    counts: SendCounts
  ) {
    self.message = message
    self.attempt = attempt
    self.enrolment = enrolment
    self.pause = pause
    self.counts = counts
  }
}

/// What a transition writes to a row of `broadcast_messages` that leaves the queue or a sender. The lease ends.
package struct MessageChange: Equatable, Sendable {
  /// Any state but `sending`.
  package var status: MessageStatus
  /// What went wrong; nil clears it.
  package var error: String?
  /// When it was sent. This is also the last send of the device (which keeps a later time) and of the enrolment. Nil if
  /// the message was not sent; the stored time is then kept.
  package var sentAt: Instant?
  /// The gateway's id of the message; nil keeps it unless `sentAt` is set.
  package var gatewayID: String?
  /// Whether it is certain that nobody received the message: the next attempt then gets a new key. After an unknown
  /// outcome the key is kept, so that a gateway that has the message recognises it.
  package var advancesTry: Bool

  /// By default the next attempt keeps the key.
  package init(
    _ status: MessageStatus, error: String? = nil, sentAt: Instant? = nil, gatewayID: String? = nil,
    advancesTry: Bool = false
  ) {
    (self.status, self.error, self.sentAt, self.gatewayID) = (status, error, sentAt, gatewayID)
    self.advancesTry = advancesTry
  }
}

/// What a transition writes to an open row of `attempts`, which ends now.
package struct AttemptChange: Equatable, Sendable {
  /// Together with the message's state it determines what the next process may assume.
  package var outcome: AttemptOutcome
  /// The gateway's error text; nil when it accepted.
  package var error: String?
  /// The gateway's id of the message; nil if it gives none.
  package var gatewayID: String?

  /// The attempt ends at the time of the batch.
  package init(_ outcome: AttemptOutcome, error: String? = nil, gatewayID: String? = nil) {
    (self.outcome, self.error, self.gatewayID) = (outcome, error, gatewayID)
  }
}

/// A pause imposed on a device, with an event that records it.
package struct DevicePause: Equatable, Sendable {
  /// The end of the pause; the device may send from then on.
  package var until: Instant
  /// The gateway's error text, for the event.
  package var reason: String

  /// `until` may be now: such a pause delays nothing.
  package init(until: Instant, reason: String) { (self.until, self.reason) = (until, reason) }

  /// Whether this pause replaces the device's current one: the later end wins, and the earlier pause at equal ends.
  package func replaces(_ pausedUntil: Instant?) -> Bool {
    guard let pausedUntil else { return true }
    return pausedUntil < until
  }
}

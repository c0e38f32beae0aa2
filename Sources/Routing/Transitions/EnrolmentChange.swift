/// What a transition writes to a row of `sequence_contacts`. A nil clears its column unless the property says otherwise.
package struct EnrolmentChange: Equatable, Sendable {
  /// What happens to the count of waits at the current step.
  package enum Attempts: CaseIterable, Sendable { case kept, incremented, reset }

  /// The new state, which may equal the current one.
  package var status: EnrolmentStatus
  /// The number of the new current step; nil keeps the step.
  package var step: Int?
  /// When the step became due; nil keeps the time.
  package var dueAt: Instant?
  /// When the step is decided next: set for `scheduled` and `waiting`, nil for all other states.
  package var nextAt: Instant?
  /// The reason; nil if the state needs none.
  package var reason: String?
  /// The code of the reason; nil if a script, a person or a gateway wrote it.
  package var code: ReasonCode?
  /// The earliest time at which a device could accept the message.
  package var capacityAt: Instant?
  /// The waitlist that the contact stands on; nil for a wait that only ends at a time, and for other states.
  package var waitlist: Waitlist?
  /// A new step must reset the count.
  package var attempts: Attempts
  /// The contact's faults in a row from now on; nil keeps the count.
  package var faults: Int?
  /// Set for the states that are not open.
  package var endedAt: Instant?

  /// By default keeps the step and the due time, clears the other columns, and ends the contact's row of faults.
  package init(
    _ status: EnrolmentStatus, step: Int? = nil, dueAt: Instant? = nil, nextAt: Instant? = nil, reason: String? = nil,
    code: ReasonCode? = nil, capacityAt: Instant? = nil, waitlist: Waitlist? = nil, attempts: Attempts,
    endedAt: Instant? = nil,
    faults: Int? = 0
  ) {
    self.status = status
    self.step = step
    self.dueAt = dueAt
    self.nextAt = nextAt
    self.reason = reason
    self.code = code
    self.capacityAt = capacityAt
    self.waitlist = waitlist
    self.attempts = attempts
    self.faults = faults
    self.endedAt = endedAt
  }

  /// Completes a step: schedules the next step its delay after `doneAt`, or completes the enrolment after the last step
  /// (I-26, I-32).
  package static func completing(_ step: StepPosition, at doneAt: Instant) -> EnrolmentChange {
    guard let delay = step.nextDelayMilliseconds else {
      return EnrolmentChange(.completed, attempts: .reset, endedAt: doneAt)
    }
    let dueAt = doneAt.advanced(byMilliseconds: delay)
    return EnrolmentChange(.scheduled, step: step.number + 1, dueAt: dueAt, nextAt: dueAt, attempts: .reset)
  }
}

/// The facts about a step of a sequence that a transition needs.
package struct StepPosition: Equatable, Sendable {
  /// From 1.
  package var number: Int
  /// The delay between this step and the next; nil at the last step.
  package var nextDelayMilliseconds: Int64?

  /// `nextDelayMilliseconds` nil makes it the sequence's last step.
  package init(_ number: Int, nextDelayMilliseconds: Int64?) {
    (self.number, self.nextDelayMilliseconds) = (number, nextDelayMilliseconds)
  }
}

extension EnrolmentState {
  /// Applies a change to the fields that the state has.
  package mutating func apply(_ change: EnrolmentChange) {
    status = change.status
    if let step = change.step { self.step = step }
    if let dueAt = change.dueAt { self.dueAt = dueAt }
    nextAt = change.nextAt
    waitlist = change.waitlist
    if let faults = change.faults { self.faults = faults }
    switch change.attempts {
    case .kept: break
    case .incremented: attempts += 1
    case .reset: attempts = 0
    }
  }
}

/// The changes that follow from one due step.
package enum StepTransition {
  /// The changes after a decision about a step. `assigned` is the device that the contact is assigned to, and `faults` the
  /// number of its faults in a row until now. The hash of `contact` spreads the ends of waits on waitlists, which nil leaves
  /// exact. Allocates nothing: a batch calls it once for each contact.
  package static func decided(
    _ commit: StepCommit, at step: StepPosition, assigned: DeviceKey?, contact: ContactID? = nil, faults: Int = 0,
    now: Instant
  ) -> StepChanges {
    switch commit {
    case .queue(_, let device, let moves, let content):
      return StepChanges(
        decision: StepChanges.Entry(moves ? .move : .use, device: device),
        message: StepChanges.NewMessage(device: device, content: content),
        assignment: moves && assigned != device
          ? StepChanges.Assignment(device: device, countsAsMove: assigned != nil) : nil,
        enrolment: EnrolmentChange(.queued, attempts: .kept), counts: DecisionCounts(decided: 1, queued: 1), now: now)
    case .wait(let decision, let until):
      let wait = FaultWait(after: decision, until: until, faults: faults, now: now)
      return StepChanges(
        decision: StepChanges.Entry(.wait, until: wait.until),
        enrolment: EnrolmentChange(
          .waiting, nextAt: end(of: decision, wait.until, contact, now), reason: wait.reason,
          code: wait.code, capacityAt: decision.capacityAt,
          waitlist: decision.waitlist ?? (decision.latestEnd == nil ? nil : .fleet), attempts: .incremented,
          faults: wait.faults),
        counts: DecisionCounts(decided: 1, waiting: 1, faults: decision.fault == nil ? 0 : 1), now: now)
    case .skip:
      return StepChanges(
        decision: StepChanges.Entry(.skip), enrolment: .completing(step, at: now),
        counts: DecisionCounts(decided: 1, skipped: 1), now: now)
    case .cancel(let reason, let code):
      return StepChanges(
        enrolment: .ending(.cancelled, reason, code, at: now), counts: DecisionCounts(decided: 1, cancelled: 1),
        now: now)
    }
  }

  /// When a waiting contact is decided again at the latest.
  private static func end(
    of decision: Decision, _ until: Instant, _ contact: ContactID?, _ now: Instant
  ) -> Instant {
    if let latest = decision.latestEnd { return latest }
    guard decision.waitlist != nil, let contact else { return until }
    return WaitlistTimes.end(of: contact, until: until, now: now)
  }

  /// The changes for a row that cannot be decoded: it waits and counts as a fault, so that reports show it and other
  /// contacts are not delayed.
  package static func unreadable(_ problem: String, now: Instant) -> StepChanges {
    StepChanges(
      enrolment: EnrolmentChange(
        .waiting, nextAt: now.advanced(bySeconds: Admission.quarantineSeconds),
        reason: "this contact's row cannot be read: \(problem)".asReason, code: .unreadableRow, attempts: .kept,
        faults: nil),
      counts: DecisionCounts(decided: 1, waiting: 1, faults: 1), now: now)
  }

  /// The changes for a due step that already has a message: the enrolment takes the state that the message implies.
  /// Counts nothing, because nothing is decided. `sentAt` and `error` are the message's.
  package static func hasMessage(
    _ status: MessageStatus, sentAt: Instant?, error: String?, at step: StepPosition, now: Instant
  ) -> StepChanges {
    let enrolment: EnrolmentChange =
      switch status {
      case .pending, .sending: EnrolmentChange(.queued, attempts: .reset)
      case .unknown: EnrolmentChange(.queued, reason: error, attempts: .reset)
      case .sent, .delivered, .read: .completing(step, at: sentAt ?? now)
      case .expired: .completing(step, at: now)
      case .failed: .ending(.failed, error ?? "", nil, at: now)
      case .cancelled: .ending(.cancelled, error ?? "", nil, at: now)
      }
    return StepChanges(enrolment: enrolment, counts: DecisionCounts(), now: now)
  }
}

extension EnrolmentChange {
  fileprivate static func ending(
    _ status: EnrolmentStatus, _ reason: String, _ code: ReasonCode?, at now: Instant
  ) -> EnrolmentChange {
    EnrolmentChange(status, reason: reason.asReason, code: code, attempts: .reset, endedAt: now)
  }
}

/// The rows that one due step changes.
package struct StepChanges: Equatable, Sendable {
  /// The columns of a new decision that its commit determines. The others come from the decision.
  package struct Entry: Equatable, Sendable {
    /// After admission and guards.
    package var outcome: Outcome
    /// Set for `use` and `move`.
    package var device: DeviceKey?
    /// The end of a wait.
    package var until: Instant?
    /// Whether the fault and the choice that a guard overruled are recorded. The schema allows them only for waits.
    package var recordsFault: Bool { outcome == .wait }

    /// `device` and `until` must match the outcome; the schema checks them.
    package init(_ outcome: Outcome, device: DeviceKey? = nil, until: Instant? = nil) {
      (self.outcome, self.device, self.until) = (outcome, device, until)
    }
  }

  /// A message to append to its device's queue.
  package struct NewMessage: Equatable, Sendable {
    /// The device that sends it.
    package var device: DeviceKey
    /// The rendered text, never empty.
    package var content: String

    /// The message starts as `pending`.
    package init(device: DeviceKey, content: String) { (self.device, self.content) = (device, content) }
  }

  /// The contact's device from now on.
  package struct Assignment: Equatable, Sendable {
    /// The device that the contact belongs to.
    package var device: DeviceKey
    /// Whether the contact had another device before. A first assignment is not a move.
    package var countsAsMove: Bool

    /// `countsAsMove` raises the contact's count of moves.
    package init(device: DeviceKey, countsAsMove: Bool) { (self.device, self.countsAsMove) = (device, countsAsMove) }
  }

  /// The decision to record, which becomes the enrolment's last one; nil for none.
  package var decision: Entry?
  /// The message to queue; nil for none.
  package var message: NewMessage?
  /// The new assignment; nil keeps the assigned device.
  package var assignment: Assignment?
  /// Every due step changes its enrolment.
  package var enrolment: EnrolmentChange
  /// Whether the enrolment is due again at once. The batch that wrote the change must skip the row when its query returns
  /// it again.
  package var isDueAgain: Bool
  /// What the step adds to the counts of its batch.
  package var counts: DecisionCounts

  /// Computes `isDueAgain` from `now`.
  package init(
    decision: Entry? = nil, message: NewMessage? = nil, assignment: Assignment? = nil, enrolment: EnrolmentChange,
    counts: DecisionCounts, now: Instant
  ) {
    self.decision = decision
    self.message = message
    self.assignment = assignment
    self.enrolment = enrolment
    self.counts = counts
    isDueAgain = if let nextAt = enrolment.nextAt { nextAt <= now } else { false }
  }
}

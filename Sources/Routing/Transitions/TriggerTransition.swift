/// The changes that follow from an open trigger of a lead: first for each matching sequence, then for the trigger.
///
/// Leads that opted out are not read; their triggers stay open.
package enum TriggerTransition {
  /// The longest wait of a trigger whose policy failed; seconds.
  package static let longestRetrySeconds: Int64 = 3600

  /// The result for one sequence. `firstDelayMilliseconds` is the delay of its first step, and `openSince` the time at which
  /// the trigger was set.
  package static func after(
    _ event: TriggerEvent, lead: String, sequence: String, firstDelayMilliseconds: Int64, openSince: Instant,
    now: Instant
  ) -> SequenceResult {
    switch event {
    case .alreadyEnrolled:
      return .alreadyEnrolled
    case .unreadable(let problem):
      return quarantined("this lead's row cannot be read: \(problem)", now)
    case .idTaken(let id):
      return quarantined("an enrolment called '\(id)' exists: rename the lead", now)
    case .chosen(.wait(let until, let reason)):
      return .waits(until: until, reason: reason.asReason)
    case .chosen(.failed(let until, let reason)):
      return .waits(until: retry(until, openSince: openSince, now: now), reason: reason.asReason)
    case .chosen(.leaveOut(let reason)):
      return .leftOut(reason: reason.asReason)
    case .chosen(.enrol(let device, let reason)):
      return .enrolled(
        NewEnrolment(
          id: ContactID(sequence: sequence, lead: lead).text, step: 1,
          dueAt: now.advanced(byMilliseconds: firstDelayMilliseconds),
          device: device, reason: reason.asReason))
    }
  }

  /// When a trigger is processed again whose policy failed, `until` at the earliest: it waits for as long as it has been open,
  /// an hour at most. So the waits double, and a lead that always fails costs one answer an hour. A changed lead, device or
  /// policy ends the wait.
  package static func retry(_ until: Instant, openSince: Instant, now: Instant) -> Instant {
    let open = now.milliseconds - openSince.milliseconds
    return max(until, now.advanced(byMilliseconds: min(open, longestRetrySeconds * 1000)))
  }

  private static func quarantined(_ reason: String, _ now: Instant) -> SequenceResult {
    .waits(until: now.advanced(bySeconds: Admission.quarantineSeconds), reason: reason.asReason)
  }

  /// The change of the trigger, given the results of its sequences in order. While one of them waits, the trigger stays
  /// open until the earliest of the times; by then the lead is already enrolled in the other sequences.
  package static func change(after results: some Sequence<SequenceResult>) -> TriggerChange {
    var wait: (until: Instant, reason: String)?
    var consumedReason: String?
    for result in results {
      switch result {
      case .waits(let until, let reason):
        if wait.map({ until < $0.until }) ?? true { wait = (until, reason) }
      case .enrolled: consumedReason = "enrolled"
      case .leftOut(let reason): consumedReason = consumedReason ?? reason
      case .alreadyEnrolled: break
      }
    }
    if let wait { return .wait(until: wait.until, reason: wait.reason) }
    return .consume(reason: consumedReason ?? "already enrolled")
  }
}

/// What a store found for an open trigger and one matching sequence.
package enum TriggerEvent: Equatable, Sendable {
  /// The lead is enrolled in the sequence. Checked first, before any policy is evaluated.
  case alreadyEnrolled
  /// The lead's row cannot be decoded; the text names the problem.
  case unreadable(String)
  case chosen(EnrolmentChoice)
  /// The new enrolment's id belongs to another lead's enrolment.
  case idTaken(String)
}

/// The result of a trigger for one sequence.
package enum SequenceResult: Equatable, Sendable {
  /// The store must check that the id is free; if it is not, the result is that of `idTaken`.
  case enrolled(NewEnrolment)
  case alreadyEnrolled
  case leftOut(reason: String)
  case waits(until: Instant, reason: String)
}

/// The row of a new enrolment: `scheduled`, and decided first when it is due.
package struct NewEnrolment: Equatable, Sendable {
  /// The contact's id: sequence id and lead id, separated by a slash.
  package var id: String
  /// Always 1.
  package var step: Int
  /// When the first step becomes due.
  package var dueAt: Instant
  /// The assigned device, recorded with `reason`; nil leaves the contact unassigned.
  package var device: DeviceKey?
  /// Why this device, or no device, was chosen; recorded with the assignment.
  package var reason: String

  /// `id` must be free in the tenant; the caller checks this.
  package init(id: String, step: Int, dueAt: Instant, device: DeviceKey?, reason: String) {
    (self.id, self.step, self.dueAt, self.device, self.reason) = (id, step, dueAt, device, reason)
  }

  /// Every enrolment begins in this state.
  package var status: EnrolmentStatus { .scheduled }
  /// The first decision is made when the step is due.
  package var nextAt: Instant { dueAt }
}

/// What happens to an open trigger.
package enum TriggerChange: Equatable, Sendable {
  /// Closed with the first sequence's reason, unless the lead was enrolled.
  case consume(reason: String)
  case wait(until: Instant, reason: String)
}

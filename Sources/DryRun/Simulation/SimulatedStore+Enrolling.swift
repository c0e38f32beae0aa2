import Routing

/// Processes triggers like `EnrolmentBatch`.
extension SimulatedStore {
  /// When a trigger is to be processed next; nil if none is open.
  func nextTriggerAt() -> Instant? {
    states.lazy.flatMap(\.triggers).map { $0.nextAt ?? .earliest }.min()
  }

  func enrol(
    tenant: TenantKey, limit: Int, at now: Instant, generation: Int64?, epoch: LeaderEpoch, isOver: () -> Bool,
    choose: (Lead) throws -> EnrolmentChoice
  ) throws -> EnrolmentCounts {
    let tenant = index(of: tenant)
    var counts = EnrolmentCounts()
    if states[tenant].triggers.isEmpty { return counts }
    let triggers = states[tenant].triggers
    // Triggers that wait, and those beyond the limit, keep their positions.
    var open: [TriggerState] = []
    for trigger in triggers {
      guard counts.triggers < limit, trigger.nextAt.map({ $0 <= now }) ?? true else {
        open.append(trigger)
        continue
      }
      counts.triggers += 1
      var left = trigger
      if let until = try process(&left, tenant, at: now, choose, &counts) {
        left.nextAt = until
        open.append(left)
      }
    }
    counts.hasMore = counts.triggers == limit
    states[tenant].triggers = open
    tally.enrolled += counts.enrolled
    tally.consumed += triggers.count - open.count
    return counts
  }

  /// Enrols a lead in its trigger's sequences. Returns until when the trigger waits; nil if it is consumed.
  private func process(
    _ trigger: inout TriggerState, _ tenant: Int, at now: Instant, _ choose: (Lead) throws -> EnrolmentChoice,
    _ counts: inout EnrolmentCounts
  ) throws -> Instant? {
    var results: [SequenceResult] = []
    for match in states[tenant].matches(of: trigger.name) {
      let event = try event(trigger, match, tenant, at: now, choose)
      var result = result(event, trigger, match, tenant, at: now)
      if case .enrolled(let enrolment) = result {
        if !trigger.takenIn.contains(match), takenIDs[tenant].insert(enrolment.id).inserted {
          insert(enrolment, of: trigger.lead, match, tenant)
          trigger.enrolledIn.append(match)
          counts.enrolled += 1
        } else {
          result = self.result(.idTaken(enrolment.id), trigger, match, tenant, at: now)
        }
      }
      results.append(result)
    }
    switch TriggerTransition.change(after: results) {
    case .consume: return nil
    case .wait(let until, _): return until
    }
  }

  private func event(
    _ trigger: TriggerState, _ match: Int, _ tenant: Int, at now: Instant, _ choose: (Lead) throws -> EnrolmentChoice
  ) throws -> TriggerEvent {
    if trigger.enrolledIn.contains(match) { return .alreadyEnrolled }
    guard trigger.lead.isReadable else { return .unreadable("") }
    return .chosen(try choose(lead(trigger, for: states[tenant].sequences[match], of: tenant, at: now)))
  }

  private func result(
    _ event: TriggerEvent, _ trigger: TriggerState, _ match: Int, _ tenant: Int, at now: Instant
  ) -> SequenceResult {
    guard let first = states[tenant].sequences[match].steps[1] else {
      preconditionFailure("a sequence that matches has a first step")
    }
    return TriggerTransition.after(
      event, lead: trigger.leadID, sequence: states[tenant].sequences[match].id,
      firstDelayMilliseconds: first.delayMilliseconds, openSince: trigger.createdAt, now: now)
  }

  private func lead(
    _ trigger: TriggerState, for sequence: SequenceState, of tenant: Int, at now: Instant
  ) -> Lead {
    Lead(
      id: trigger.leadID, phone: trigger.lead.phone, name: trigger.lead.name, sequence: sequence.id,
      trigger: trigger.name, device: device(trigger.lead.device, of: tenant)?.device.id, tags: trigger.lead.tags,
      attributes: trigger.lead.attributes,
      utcOffsetMinutes: trigger.lead.timeZone.map { zones.minutes(of: $0, at: now) })
  }

  private func insert(_ enrolment: NewEnrolment, of lead: LeadState, _ sequence: Int, _ tenant: Int) {
    var lead = lead
    lead.device = nil
    if PhoneNumber(lead.phone) == nil { lead.isReadable = false }
    lastEnrolment = EnrolmentKey(lastEnrolment.raw + 1)
    let index = states[tenant].enrolments.count
    states[tenant].enrolments.append(
      EnrolmentState(
        key: lastEnrolment, id: ContactID(stored: enrolment.id), lead: lead, sequence: sequence, step: enrolment.step,
        status: enrolment.status, dueAt: enrolment.dueAt, nextAt: enrolment.nextAt, attempts: 0,
        assigned: enrolment.device.flatMap { deviceIndices[$0] }.map { $0 - firstDevice[tenant] }, lastDevice: nil))
    tally.begin(enrolment.status)
    due[tenant].add(DueEntry(at: enrolment.nextAt, index: index))
  }
}

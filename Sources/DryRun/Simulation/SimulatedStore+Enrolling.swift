import Routing

/// Triggers, as `EnrolmentBatch` treats them.
extension SimulatedStore {
  /// When a trigger is to be looked at next; nil when none is open.
  func nextTriggerAt() -> Instant? {
    images.lazy.flatMap(\.triggers).map { $0.nextAt ?? .earliest }.min()
  }

  func enrol(
    tenant: TenantKey, limit: Int, at now: Instant, generation: Int64?, epoch: LeaderEpoch,
    choose: (Lead) throws -> EnrolmentChoice
  ) throws -> EnrolmentCounts {
    let tenant = place(of: tenant)
    var counts = EnrolmentCounts()
    if images[tenant].triggers.isEmpty { return counts }
    let triggers = images[tenant].triggers
    // Those of the future, of a run that has not come so far, keep their places.
    var open: [TriggerImage] = []
    for trigger in triggers {
      guard counts.triggers < limit, trigger.nextAt.map({ $0 <= now }) ?? true else {
        open.append(trigger)
        continue
      }
      counts.triggers += 1
      var left = trigger
      if let until = try settle(&left, tenant, at: now, choose, &counts) {
        left.nextAt = until
        open.append(left)
      }
    }
    images[tenant].triggers = open
    tally.enrolled += counts.enrolled
    tally.consumed += triggers.count - open.count
    return counts
  }

  /// Enrols a lead where its trigger leads. Gives back until when the trigger waits; nil when it is consumed.
  private func settle(
    _ trigger: inout TriggerImage, _ tenant: Int, at now: Instant, _ choose: (Lead) throws -> EnrolmentChoice,
    _ counts: inout EnrolmentCounts
  ) throws -> Instant? {
    var wait: Instant?
    let inAnHour = now.advanced(bySeconds: Admission.quarantineSeconds)
    for match in images[tenant].matches(of: trigger.name) where !trigger.enrolledIn.contains(match) {
      let sequence = images[tenant].sequences[match]
      guard trigger.lead.isReadable else {
        wait = min(wait ?? inAnHour, inAnHour)
        continue
      }
      switch try choose(lead(trigger, for: sequence, of: tenant, at: now)) {
      case .wait(let until, _): wait = min(wait ?? until, until)
      case .leaveOut: break
      case .enrol(let device, _):
        let id = "\(sequence.id)/\(trigger.leadID)"
        guard !trigger.takenIn.contains(match), takenIDs[tenant].insert(id).inserted else {
          wait = min(wait ?? inAnHour, inAnHour)
          continue
        }
        insert(trigger.lead, id: id, match, tenant, device: device, at: now)
        trigger.enrolledIn.append(match)
        counts.enrolled += 1
      }
    }
    return wait
  }

  private func lead(
    _ trigger: TriggerImage, for sequence: SequenceImage, of tenant: Int, at now: Instant
  ) -> Lead {
    Lead(
      id: trigger.leadID, phone: trigger.lead.phone, name: trigger.lead.name, sequence: sequence.id,
      trigger: trigger.name, device: device(trigger.lead.device, of: tenant)?.device.id, tags: trigger.lead.tags,
      attributes: trigger.lead.attributes,
      utcOffsetMinutes: trigger.lead.timeZone.map { zones.minutes(of: $0, at: now) })
  }

  private func insert(
    _ lead: LeadImage, id: String, _ sequence: Int, _ tenant: Int, device: DeviceKey?, at now: Instant
  ) {
    guard let first = images[tenant].sequences[sequence].steps[1] else {
      preconditionFailure("a sequence that matches has a first step")
    }
    var lead = lead
    lead.device = nil
    if PhoneNumber(lead.phone) == nil { lead.isReadable = false }
    lastEnrolment = EnrolmentKey(lastEnrolment.raw + 1)
    let dueAt = now.advanced(byMilliseconds: first.delayMilliseconds)
    let place = images[tenant].enrolments.count
    images[tenant].enrolments.append(
      EnrolmentImage(
        key: lastEnrolment, id: ContactID(stored: id), lead: lead, sequence: sequence, step: 1, status: .scheduled,
        dueAt: dueAt, nextAt: dueAt, attempts: 0,
        assigned: device.flatMap { devicePlaces[$0] }.map { $0 - firstDevice[tenant] }, lastDevice: nil))
    tally.begin(.scheduled)
    due[tenant].add(DueEntry(at: dueAt, place: place))
  }
}

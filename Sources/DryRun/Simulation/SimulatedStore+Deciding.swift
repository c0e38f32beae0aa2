import Routing

/// Due steps, as `DecisionBatch` treats them.
extension SimulatedStore {
  enum Content {
    case due(DueStep)
    case unreadable
    case carried(by: CarriedMessage)
  }

  func decide(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, basis: () -> DecisionBasis?,
    foresee: (DueStep) -> Void, decide: (DueStep) throws -> StepCommit
  ) throws -> DecisionCounts {
    let tenant = place(of: tenant)
    var batch: [(place: Int, content: Content)] = []
    while batch.count < limit, let first = due[tenant].first, first.at <= now {
      let place = due[tenant].removeFirst().place
      // A lead that opted out may have taken its enrolment out of turn.
      if images[tenant].enrolments[place].nextAt != first.at { continue }
      batch.append((place, content(place, of: tenant, at: now)))
    }
    var counts = DecisionCounts()
    var sameLeads = LeadTally()
    for (place, content) in batch {
      switch content {
      case .due(let read):
        let step = sameLeads.current(read)
        let made = try decide(step)
        sameLeads.note(made, of: step)
        commit(made, of: step, place, tenant, at: now, &counts)
      case .unreadable: quarantine(place, tenant, at: now, &counts)
      case .carried(let message): repair(place, tenant, message, at: now)
      }
    }
    tally.add(counts)
    return counts
  }

  func content(_ place: Int, of tenant: Int, at now: Instant) -> Content {
    let enrolment = images[tenant].enrolments[place]
    if !images[tenant].carried.isEmpty,
      let message = images[tenant].carried[CarriedStep(enrolment: enrolment.key, step: enrolment.step)]
    {
      return .carried(by: message)
    }
    guard enrolment.lead.isReadable, let step = images[tenant].sequences[enrolment.sequence].steps[enrolment.step]
    else { return .unreadable }
    let assigned = enrolment.assigned.map { devices[firstDevice[tenant] + $0].device }
    let contact = Contact(
      key: enrolment.key, id: enrolment.id, phone: enrolment.lead.phone, name: enrolment.lead.name,
      sequence: images[tenant].sequences[enrolment.sequence].id, step: enrolment.step, assignedDevice: assigned?.id,
      assignedKey: assigned?.key, dueAt: enrolment.dueAt, attempts: enrolment.attempts,
      lastDevice: enrolment.lastDevice.map { devices[firstDevice[tenant] + $0].device.id }, tags: enrolment.lead.tags,
      attributes: enrolment.lead.attributes, messagesDay: messages[tenant].count(to: enrolment.lead.key, at: now),
      moves: enrolment.moves, utcOffsetMinutes: enrolment.lead.timeZone.map { zones.minutes(of: $0, at: now) })
    // Which leads have one enrolment is not known here: nothing is looked up for the others either.
    return .due(
      DueStep(
        contact: contact, step: step.key, content: step.content, isOptedOut: enrolment.lead.isOptedOut,
        otherwiseEnrolledLead: enrolment.lead.key))
  }

  private func commit(
    _ commit: StepCommit, of due: DueStep, _ place: Int, _ tenant: Int, at now: Instant, _ counts: inout DecisionCounts
  ) {
    observe?(.decided(tenant: images[tenant].tenant.id, contact: due.contact, commit, at: now))
    switch commit {
    case .queue(let decision, let key, let moves, _):
      guard let device = devicePlaces[key] else { preconditionFailure("admission lets members of the fleet alone by") }
      queue(place, tenant, on: device, moves: moves, at: now)
      tally.noteQueued(decision, isElsewhere: due.contact.assignedKey != key, moves: moves)
      counts.queued += 1
    case .wait(let decision, let until):
      if let own = images[tenant].enrolments[place].assigned { devices[firstDevice[tenant] + own].figures.waits += 1 }
      images[tenant].enrolments[place].attempts += 1
      wait(place, tenant, until: until)
      counts.waiting += 1
      if decision.fault != nil { counts.faults += 1 }
    case .skip:
      advance(place, tenant, doneAt: now)
      counts.skipped += 1
    case .cancel:
      set(.cancelled, place, tenant)
      counts.cancelled += 1
    }
    counts.decided += 1
  }

  private func queue(_ place: Int, _ tenant: Int, on device: Int, moves: Bool, at now: Instant) {
    lastMessage = MessageKey(lastMessage.raw + 1)
    devices[device].queue.add(
      MessageQueue.Message(
        key: lastMessage, enrolment: place, step: images[tenant].enrolments[place].step, createdAt: now))
    devices[device].figures.queued += 1
    devices[device].notePeak(at: now)
    messages[tenant].queue(to: images[tenant].enrolments[place].lead.key)
    let assigned = images[tenant].enrolments[place].assigned
    if moves, assigned != device - firstDevice[tenant] {
      images[tenant].enrolments[place].assigned = device - firstDevice[tenant]
      if assigned != nil { images[tenant].enrolments[place].moves += 1 }
    }
    set(.queued, place, tenant)
    wake(device, from: now)
  }

  private func wait(_ place: Int, _ tenant: Int, until: Instant) {
    set(.waiting, place, tenant)
    images[tenant].enrolments[place].nextAt = until
    due[tenant].add(DueEntry(at: until, place: place))
  }

  /// A row that cannot be read counts as a fault that waits.
  private func quarantine(_ place: Int, _ tenant: Int, at now: Instant, _ counts: inout DecisionCounts) {
    wait(place, tenant, until: now.advanced(bySeconds: Admission.quarantineSeconds))
    counts.decided += 1
    counts.waiting += 1
    counts.faults += 1
  }

  /// Puts an enrolment where its message says that it is. Nothing was decided.
  private func repair(_ place: Int, _ tenant: Int, _ message: CarriedMessage, at now: Instant) {
    switch message.status {
    case .pending, .sending, .unknown: set(.queued, place, tenant)
    case .sent, .delivered, .read: advance(place, tenant, doneAt: message.sentAt ?? now)
    case .expired: advance(place, tenant, doneAt: now)
    case .failed: set(.failed, place, tenant)
    case .cancelled: set(.cancelled, place, tenant)
    }
  }

  /// Moves an enrolment on from the step that it is at.
  func advance(_ place: Int, _ tenant: Int, doneAt: Instant) {
    let enrolment = images[tenant].enrolments[place]
    let sequence = images[tenant].sequences[enrolment.sequence]
    let progress = EnrolmentProgress.after(
      step: enrolment.step, doneAt: doneAt,
      nextDelayMilliseconds: sequence.steps[enrolment.step + 1]?.delayMilliseconds)
    images[tenant].enrolments[place].attempts = 0
    switch progress {
    case .nextStep(let number, let dueAt):
      set(.scheduled, place, tenant)
      images[tenant].enrolments[place].step = number
      images[tenant].enrolments[place].dueAt = dueAt
      images[tenant].enrolments[place].nextAt = dueAt
      if sequence.isActive { due[tenant].add(DueEntry(at: dueAt, place: place)) }
    case .completed:
      set(.completed, place, tenant)
    }
  }

  /// The one place where an enrolment's state changes, so that the states always add up.
  func set(_ status: EnrolmentStatus, _ place: Int, _ tenant: Int) {
    tally.change(from: images[tenant].enrolments[place].status, to: status)
    images[tenant].enrolments[place].status = status
    images[tenant].enrolments[place].nextAt = nil
  }
}

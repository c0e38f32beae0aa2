import Routing

/// Processes due steps like `DecisionBatch`.
extension SimulatedStore {
  enum Content {
    case due(DueStep)
    case unreadable
    case carried(by: CarriedMessage)
  }

  func decide(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, with decider: () throws -> any StepDecider
  ) throws -> DecidedBatch {
    let tenant = index(of: tenant)
    guard limit > 0 else { return DecidedBatch(counts: DecisionCounts()) }
    var counts = DecisionCounts()
    // A simulation keeps no record, and its policies do not change.
    var made: (any StepDecider)?
    var asked = 0
    var dueAgain: Set<Int> = []
    if waitlists[tenant].isEmpty {
      waitlists[tenant].memory = .empty
    } else {
      let decider = try decider()
      made = decider
      (asked, dueAgain) = try serve(tenant, limit: limit, at: now, decider, &counts)
    }
    if asked < limit, isSomethingDue(of: tenant, at: now) {
      let decider = try made ?? decider()
      made = decider
      asked += try decideDue(tenant, limit: limit - asked, except: dueAgain, at: now, decider, &counts)
    }
    if let made { rememberWaitlists(tenant, made) }
    tally.add(counts)
    return DecidedBatch(counts: counts, asked: asked, hasMore: asked >= limit)
  }

  private func decideDue(
    _ tenant: Int, limit: Int, except dueAgain: Set<Int>, at now: Instant, _ decider: any StepDecider,
    _ counts: inout DecisionCounts
  ) throws -> Int {
    var left: [DueEntry] = []
    var batch: [(index: Int, content: Content)] = []
    while batch.count < limit, let first = due[tenant].first, first.at <= now {
      let entry = due[tenant].removeFirst()
      // An entry is stale if its enrolment changed meanwhile: by an opt-out, or because its waitlist was served. A stale one
      // may stand beside a new one for the same time.
      if states[tenant].enrolments[entry.index].nextAt != entry.at || batch.last?.index == entry.index { continue }
      if dueAgain.contains(entry.index) {
        left.append(entry)
        continue
      }
      batch.append((entry.index, content(entry.index, of: tenant, at: now)))
    }
    for entry in left { due[tenant].add(entry) }
    var sameLeads = LeadTally()
    for (index, content) in batch {
      switch content {
      case .due(let read):
        let step = sameLeads.current(read)
        let made = try decider.decide(step)
        sameLeads.note(made, of: step)
        commit(made, of: step, index, tenant, at: now, &counts)
      case .unreadable: apply(StepTransition.unreadable("", now: now), index, tenant, &counts)
      case .carried(let message):
        let changes = StepTransition.hasMessage(
          message.status, sentAt: message.sentAt, error: nil, at: position(index, tenant), now: now)
        apply(changes, index, tenant, &counts)
      }
    }
    return batch.count
  }

  /// Drops stale entries, up to the first enrolment that is due.
  private func isSomethingDue(of tenant: Int, at now: Instant) -> Bool {
    while let first = due[tenant].first, first.at <= now {
      if states[tenant].enrolments[first.index].nextAt == first.at { return true }
      _ = due[tenant].removeFirst()
    }
    return false
  }

  func content(_ index: Int, of tenant: Int, at now: Instant) -> Content {
    let enrolment = states[tenant].enrolments[index]
    if !states[tenant].carried.isEmpty,
      let message = states[tenant].carried[CarriedStep(enrolment: enrolment.key, step: enrolment.step)]
    {
      return .carried(by: message)
    }
    guard enrolment.lead.isReadable, let step = states[tenant].sequences[enrolment.sequence].steps[enrolment.step]
    else { return .unreadable }
    let assigned = enrolment.assigned.map { devices[firstDevice[tenant] + $0].device }
    let contact = Contact(
      key: enrolment.key, id: enrolment.id, phone: enrolment.lead.phone, name: enrolment.lead.name,
      sequence: states[tenant].sequences[enrolment.sequence].id, step: enrolment.step, assignedDevice: assigned?.id,
      assignedKey: assigned?.key, dueAt: enrolment.dueAt, attempts: enrolment.attempts,
      lastDevice: enrolment.lastDevice.map { devices[firstDevice[tenant] + $0].device.id }, tags: enrolment.lead.tags,
      attributes: enrolment.lead.attributes, messagesDay: messages[tenant].count(to: enrolment.lead.key, at: now),
      moves: enrolment.moves, priority: step.priority,
      utcOffsetMinutes: enrolment.lead.timeZone.map { zones.minutes(of: $0, at: now) })
    // Unlike a store, this does not distinguish leads with one enrolment; counting costs no look-up here.
    return .due(
      DueStep(
        contact: contact, content: step.content, isOptedOut: enrolment.lead.isOptedOut,
        otherwiseEnrolledLead: enrolment.lead.key,
        faults: enrolment.faults))
  }

  func commit(
    _ commit: StepCommit, of due: DueStep, _ index: Int, _ tenant: Int, at now: Instant, _ counts: inout DecisionCounts
  ) {
    let changes = StepTransition.decided(
      commit, at: position(index, tenant), assigned: due.contact.assignedKey, contact: due.contact.id,
      faults: due.faults,
      now: now)
    if case .wait(let decision, _) = commit, isRepeated(changes, decision, index, tenant, at: now) { return }
    observe?(.decided(tenant: states[tenant].tenant.id, contact: due.contact, commit, at: now))
    if case .wait = commit, let own = states[tenant].enrolments[index].assigned {
      devices[firstDevice[tenant] + own].figures.waits += 1
    }
    guard case .queue(let decision, let key, let moves, _) = commit, let message = changes.message else {
      apply(changes, index, tenant, &counts)
      if case .wait(let decision, _) = commit, decision.fault == nil {
        states[tenant].enrolments[index].answer = WaitAnswer(changes.enrolment, decision)
      }
      return
    }
    guard let device = deviceIndices[message.device] else {
      preconditionFailure("admission accepts only members of the fleet")
    }
    waitlists[tenant].noteServed(index, at: now)
    queue(index, tenant, due.contact.priority, on: device, at: now)
    apply(changes, index, tenant, &counts)
    wake(device, from: now)
    tally.noteQueued(decision, isElsewhere: due.contact.assignedKey != key, moves: moves)
  }

  private func queue(_ index: Int, _ tenant: Int, _ priority: Priority, on device: Int, at now: Instant) {
    lastMessage = MessageKey(lastMessage.raw + 1)
    devices[device].queue.add(
      MessageQueue.Message(
        key: lastMessage, enrolment: index, step: states[tenant].enrolments[index].step, createdAt: now,
        priority: priority))
    devices[device].figures.queued += 1
    devices[device].notePeak(at: now)
    messages[tenant].queue(to: states[tenant].enrolments[index].lead.key)
  }

  func apply(_ changes: StepChanges, _ index: Int, _ tenant: Int, _ counts: inout DecisionCounts) {
    if let assignment = changes.assignment, let device = deviceIndices[assignment.device] {
      states[tenant].enrolments[index].assigned = device - firstDevice[tenant]
      if assignment.countsAsMove { states[tenant].enrolments[index].moves += 1 }
    }
    apply(changes.enrolment, index, tenant)
    counts += changes.counts
  }

  /// The current step of an enrolment, with the delay of the next step.
  func position(_ index: Int, _ tenant: Int) -> StepPosition {
    let step = states[tenant].enrolments[index].step
    let sequence = states[tenant].enrolments[index].sequence
    return StepPosition(
      step, nextDelayMilliseconds: states[tenant].sequences[sequence].steps[step + 1]?.delayMilliseconds)
  }

  /// The only function that changes an enrolment, so that the tally of states is always correct.
  func apply(_ change: EnrolmentChange, _ index: Int, _ tenant: Int) {
    tally.change(from: states[tenant].enrolments[index].status, to: change.status)
    states[tenant].enrolments[index].apply(change)
    states[tenant].enrolments[index].answer = nil
    // As in a store, a wait has the priority of its step.
    if change.status == .waiting {
      let (sequence, step) = (states[tenant].enrolments[index].sequence, states[tenant].enrolments[index].step)
      states[tenant].enrolments[index].priority = states[tenant].sequences[sequence].steps[step]?.priority ?? .normal
    }
    place(index, on: change.waitlist, tenant)
    guard let nextAt = change.nextAt else { return }
    if states[tenant].sequences[states[tenant].enrolments[index].sequence].isActive {
      due[tenant].add(DueEntry(at: nextAt, index: index))
    }
  }
}

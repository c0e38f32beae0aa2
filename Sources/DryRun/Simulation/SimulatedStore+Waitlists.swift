import Routing

/// Serves waitlists like `DecisionBatch`.
extension SimulatedStore {
  /// Whether a cycle may have contacts to serve when a device gains capacity.
  var hasWaitingContacts: Bool { waitlists.contains { !$0.isEmpty } }

  /// Asks the waiting contacts that capacity reached, at most `limit`. Returns how many were asked, and those that are due
  /// again at once, which the batch leaves to the next one.
  func serve(
    _ tenant: Int, limit: Int, at now: Instant, _ decider: any StepDecider, _ counts: inout DecisionCounts
  ) throws -> (asked: Int, dueAgain: Set<Int>) {
    guard let fleet = decider.inputs?.fleet else { return (0, []) }
    let lists = waitlists[tenant]
    var walk = WaitlistWalk(
      lists.memory, lists: lists.lists, inactive: inactive(tenant), fleet: fleet, budget: decider.waitlistBudget,
      capacity: { decider.capacity($0, for: $1) })
    var asked = 0
    var dueAgain: Set<Int> = []
    while asked < limit, let entry = try walk.next(lists) {
      guard entry.dueAt <= now else {
        try walk.answered(device: nil, lists)
        continue
      }
      asked += 1
      let index = Int(entry.enrolment.raw)
      var device: DeviceKey?
      switch content(index, of: tenant, at: now) {
      case .due(let step):
        let made = try decider.decide(step)
        if case .queue(_, let chosen, _, _) = made { device = chosen }
        commit(made, of: step, index, tenant, at: now, &counts)
      case .unreadable: apply(StepTransition.unreadable("", now: now), index, tenant, &counts)
      case .carried(let message):
        let changes = StepTransition.hasMessage(
          message.status, sentAt: message.sentAt, error: nil, at: position(index, tenant), now: now)
        apply(changes, index, tenant, &counts)
      }
      if let next = states[tenant].enrolments[index].nextAt, next <= now { dueAgain.insert(index) }
      try walk.answered(device: device, lists)
    }
    lists.memory = walk.finished()
    return (asked, dueAgain)
  }

  /// Stores the capacity that a batch left.
  func rememberWaitlists(_ tenant: Int, _ decider: any StepDecider) {
    guard let fleet = decider.inputs?.fleet else { return }
    var memory = waitlists[tenant].memory
    for list in waitlists[tenant].reused { memory.forget(list) }
    memory.note(fleet, joined: waitlists[tenant].joinedFilters) { decider.capacity($0, for: $1) }
    waitlists[tenant].remember(memory)
  }

  /// Whether a wait repeats the contact's last answer: then only a next time that has come is written.
  func isRepeated(_ changes: StepChanges, _ decision: Decision, _ index: Int, _ tenant: Int, at now: Instant) -> Bool {
    let enrolment = states[tenant].enrolments[index]
    guard changes.enrolment.status == .waiting, enrolment.status == .waiting, decision.fault == nil,
      enrolment.attempts > 0, let answer = WaitAnswer(changes.enrolment, decision), answer == enrolment.answer,
      key(of: changes.enrolment.waitlist, tenant) == waitlists[tenant].list(of: index)
    else { return false }
    guard let nextAt = enrolment.nextAt, nextAt <= now, let next = changes.enrolment.nextAt else { return true }
    states[tenant].enrolments[index].attempts += 1
    states[tenant].enrolments[index].nextAt = next
    due[tenant].add(DueEntry(at: next, index: index))
    return true
  }

  /// Puts a contact on the waitlist of its new state, or takes it off.
  func place(_ index: Int, on waitlist: Waitlist?, _ tenant: Int) {
    waitlists[tenant].set(index, to: key(of: waitlist, tenant), entry(of: index, tenant))
  }

  /// A waiting contact in the order of the waitlists.
  func entry(of index: Int, _ tenant: Int) -> WaitlistEntry {
    let enrolment = states[tenant].enrolments[index]
    return WaitlistEntry(
      priority: enrolment.priority, dueAt: enrolment.dueAt, enrolment: EnrolmentKey(Int64(index)),
      sequence: Int64(enrolment.sequence))
  }

  private func key(of waitlist: Waitlist?, _ tenant: Int) -> WaitlistKey? {
    switch waitlist {
    case nil: return nil
    case .fleet: return waitlists[tenant].key(device: nil, filter: nil)
    case .filter(let filter): return waitlists[tenant].key(device: nil, filter: filter)
    case .device(let id):
      let end = tenant + 1 < firstDevice.count ? firstDevice[tenant + 1] : devices.count
      let key = devices[firstDevice[tenant]..<end].first { $0.device.id == id }?.device.key
      return waitlists[tenant].key(device: key, filter: nil)
    }
  }

  /// What happened on a tenant's waitlists until `end`.
  func waitlistFigures(of tenant: Int, at end: Instant) -> [SimulationReport.WaitlistFigures] {
    waitlists[tenant].figures(at: end).map { figures in
      let device = figures.list.device.flatMap { deviceIndices[$0] }.map { Waitlist.device(devices[$0].device.id) }
      return SimulationReport.WaitlistFigures(
        tenant: states[tenant].tenant.id, waitlist: device ?? figures.list.filter.map(Waitlist.filter) ?? .fleet,
        served: figures.served, waiting: figures.waiting, longestMilliseconds: figures.longest)
    }
  }

  private func inactive(_ tenant: Int) -> Set<Int64> {
    Set(states[tenant].sequences.indices.filter { !states[tenant].sequences[$0].isActive }.map(Int64.init))
  }
}

import Policies
import Routing

/// The waits of a tenant that the next cycle decides again, as the passes in `wakes` of a store.
extension SimulatedStore {
  /// Whether a cycle has waits to decide again.
  var hasOpenWakes: Bool { openWakes.contains { $0 != nil } }

  /// Begins a wake of all waits for each tenant whose policies differ from those in use: activating them would.
  func beginWakes(for lineups: [TenantKey: CompiledLineup]) {
    for tenant in states.indices {
      guard let last = states[tenant].generation?.lineup, let lineup = lineups[states[tenant].tenant.key] else {
        continue
      }
      guard lineup.decidesOtherwise(than: last) else { continue }
      endWaitsOfTriggers(tenant, at: start)
      openWakes[tenant] = .all
    }
  }

  /// Applies an incident. A change of the device ends the waits that it may have caused.
  func apply(_ incident: PlannedIncident, at now: Instant) {
    let before = devices[incident.index].device
    devices[incident.index].apply(incident.change)
    devices[incident.index].notePeak(at: now)
    let (device, tenant) = (devices[incident.index].device, devices[incident.index].tenant)
    if device.status != before.status || device.limits != before.limits {
      beginWake(afterChangeOf: incident.index, tenant, at: now)
    }
    wake(incident.index, from: now)
  }

  private func beginWake(afterChangeOf device: Int, _ tenant: Int, at now: Instant) {
    let changed = devices[device].device
    let scope = WakeScope(retired: changed.status == .retired ? [changed.key] : [])
    if openWakes[tenant] == nil { endWaitsOfTriggers(tenant, at: now) }
    openWakes[tenant] = openWakes[tenant].map { $0.and(scope) } ?? scope
  }

  /// When the next pause ends by itself; nil if no device is paused. Looks at each device.
  var nextPauseEnd: Instant? { devices.compactMap(\.device.pausedUntil).filter { $0 > pausesUntil }.min() }

  /// Looks at each device.
  func wakeAfterPauses(at now: Instant, epoch: LeaderEpoch) {
    for index in devices.indices {
      guard let end = devices[index].device.pausedUntil, end > pausesUntil, end <= now else { continue }
      beginWake(afterChangeOf: index, devices[index].tenant, at: now)
    }
    pausesUntil = max(pausesUntil, now)
  }

  /// After the end of a suspension.
  func beginWake(of tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) {
    endWaitsOfTriggers(index(of: tenant), at: now)
    openWakes[index(of: tenant)] = .all
  }

  private func endWaitsOfTriggers(_ tenant: Int, at now: Instant) {
    for index in states[tenant].triggers.indices {
      if let next = states[tenant].triggers[index].nextAt, next > now { states[tenant].triggers[index].nextAt = now }
    }
  }

  func wakes(onlyOpen: Bool) -> [TenantKey: Wake] {
    var wakes: [TenantKey: Wake] = [:]
    for tenant in states.indices where openWakes[tenant] != nil {
      let generation = states[tenant].generation
      wakes[states[tenant].tenant.key] = Wake(
        generation: generation?.number ?? 0, at: start, total: states[tenant].enrolments.count)
    }
    return wakes
  }

  /// The whole pass at once, whatever the limit.
  func wakeNext(
    tenant key: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, isOver: () -> Bool
  ) -> Wake? {
    let tenant = index(of: key)
    guard let open = openWakes[tenant], var wake = wakes(onlyOpen: true)[key] else { return nil }
    openWakes[tenant] = nil
    let woken = states[tenant].enrolments.indices.filter { isWoken(states[tenant].enrolments[$0], by: open) }
      .sorted { entry(of: $0, tenant) < entry(of: $1, tenant) }
    wake.decided = woken.count
    for (number, index) in woken.enumerated() {
      let enrolment = states[tenant].enrolments[index]
      guard let next = enrolment.nextAt, next > now else { continue }
      // As in a store: a millisecond after one another, the last one just before `now`, and none before its step is due.
      let at = max(enrolment.dueAt, now.advanced(byMilliseconds: Int64(number - woken.count)))
      states[tenant].enrolments[index].nextAt = at
      if states[tenant].sequences[enrolment.sequence].isActive { due[tenant].add(DueEntry(at: at, index: index)) }
    }
    (wake.total, wake.endedAt) = (woken.count, now)
    return wake
  }

  private func isWoken(_ enrolment: EnrolmentState, by wake: WakeScope) -> Bool {
    guard enrolment.status == .waiting else { return false }
    guard case .devices(let retired) = wake, let list = enrolment.waitlist else { return true }
    guard let retired, let device = devices.first(where: { $0.device.key == retired }) else { return false }
    return list == .device(device.device.id)
  }
}

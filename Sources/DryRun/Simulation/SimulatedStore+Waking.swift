import Policies
import Routing

/// The waits of a tenant that the next cycle decides again, as the passes in `wakes` of a store.
enum SimulatedWake: Equatable {
  /// After a change of one device, by its index: waits without a waitlist, and those on the device's own if it was retired.
  case device(Int)
  case all
}

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
    switch openWakes[tenant] {
    case nil:
      endWaitsOfTriggers(tenant, at: now)
      openWakes[tenant] = .device(device)
    // The store's pass covers all waits as soon as a second device changes.
    case .device(device), .all: break
    case .device: openWakes[tenant] = .all
    }
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
    for index in states[tenant].enrolments.indices where isWoken(states[tenant].enrolments[index], by: open) {
      wake.decided += 1
      guard let next = states[tenant].enrolments[index].nextAt, next > now else { continue }
      states[tenant].enrolments[index].nextAt = now
      if states[tenant].sequences[states[tenant].enrolments[index].sequence].isActive {
        due[tenant].add(DueEntry(at: now, index: index))
      }
    }
    wake.endedAt = now
    return wake
  }

  private func isWoken(_ enrolment: EnrolmentState, by wake: SimulatedWake) -> Bool {
    guard enrolment.status == .waiting else { return false }
    guard case .device(let index) = wake, let list = enrolment.waitlist else { return true }
    return devices[index].device.status == .retired && list == .device(devices[index].device.id)
  }
}

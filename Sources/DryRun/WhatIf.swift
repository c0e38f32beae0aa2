import Policies
import Routing
import Sequencing

/// Finds what would end a wait, by deciding again under one assumption at a time. Assumptions that change nothing are
/// left out.
struct WhatIf {
  private let due: DueStep
  private let policies: [CompiledPolicy]
  private let guards: [CompiledPolicy]
  private let fleet: Fleet
  /// The same tenant's fleet at another time.
  private let fleetAt: (Instant) throws -> Fleet

  /// The maximum number of devices, and of times, that are tried.
  private static let tryMax = 16

  init(
    _ due: DueStep, policies: [CompiledPolicy], guards: [CompiledPolicy], fleet: Fleet,
    fleetAt: @escaping (Instant) throws -> Fleet
  ) {
    (self.due, self.policies, self.guards, self.fleet, self.fleetAt) = (due, policies, guards, fleet, fleetAt)
  }

  /// For a contact that would wait now. Each assumption costs one decision, with a fleet for it.
  func changes(_ considerations: [DeviceConsideration], tenant: TenantID) throws -> [ContactExplanation.Change] {
    var changes: [ContactExplanation.Change] = []
    if let room = try room(considerations) { changes.append(room) }
    changes += online(considerations)
    changes += paused(considerations, tenant: tenant)
    if let successor = successor(considerations) {
      changes.append(
        .command(
          "usher contact reassign \(due.contact.id) --tenant \(tenant) --to \(fleet.members[successor].device.id)"))
    }
    return changes
  }

  /// The first time at which a device has capacity again and the contact continues.
  private func room(_ considerations: [DeviceConsideration]) throws -> ContactExplanation.Change? {
    var devices: [Instant: [Int]] = [:]
    for consideration in considerations {
      if let at = consideration.freeAt { devices[at, default: []].append(consideration.device) }
    }
    for (at, freed) in devices.sorted(by: { $0.key < $1.key }).prefix(WhatIf.tryMax) {
      guard let goesTo = goesTo(due.contact, in: try fleetAt(at)) else { continue }
      // Of several devices that have capacity at that time, the one that the contact goes to is the cause.
      let cause = freed.map { fleet.members[$0].device.id }.first { $0 == goesTo }
      return .room(on: cause ?? fleet.members[freed[0]].device.id, at: at, goesTo: goesTo)
    }
    return nil
  }

  /// The devices that are not online and with which the contact would continue if they were; its own device first.
  private func online(_ considerations: [DeviceConsideration]) -> [ContactExplanation.Change] {
    let away = considerations.filter { if case .refused(.status) = $0.reason { true } else { false } }
    return trying(away) { $0.status = .online }.map { .online($0, goesTo: $1) }
  }

  /// The devices that are paused and with which the contact would continue if they were not.
  private func paused(_ considerations: [DeviceConsideration], tenant: TenantID) -> [ContactExplanation.Change] {
    let away = considerations.filter { if case .refused(.paused) = $0.reason { true } else { false } }
    return trying(away) { $0.pausedUntil = nil }.map { device, _ in
      .command("usher device resume \(device) --tenant \(tenant)")
    }
  }

  /// The devices with which the contact would continue after `change`, and where it would go; its own device first.
  private func trying(
    _ away: [DeviceConsideration], _ change: (inout Device) -> Void
  ) -> [(device: DeviceID, goesTo: DeviceID)] {
    let own = due.contact.assignedDevice.flatMap(fleet.position)
    let devices = away.map(\.device)
    let ordered = devices.filter { $0 == own } + devices.filter { $0 != own }
    return ordered.prefix(WhatIf.tryMax).compactMap { device in
      var members = fleet.members
      change(&members[device].device)
      let there = Fleet(
        tenant: fleet.tenant, now: fleet.now, members: members, utcOffsetMinutes: fleet.utcOffsetMinutes,
        bulkShare: fleet.bulkShare)
      return goesTo(due.contact, in: there).map { (fleet.members[device].device.id, $0) }
    }
  }

  /// The least loaded device that could take over the contact, if the contact would then continue.
  private func successor(_ considerations: [DeviceConsideration]) -> Int? {
    let own = due.contact.assignedDevice.flatMap(fleet.position)
    let free = considerations.filter { $0.verdict == .eligible && $0.device != own }.map(\.device)
    guard let successor = free.min(by: { (share($0), $0) < (share($1), $1) }) else { return nil }
    return goesTo(
      due.contact.with(assigned: (fleet.members[successor].device.id, fleet.members[successor].device.key)), in: fleet)
      == nil
      ? nil : successor
  }

  private func share(_ position: Int) -> Double {
    fleet.load(position).share(under: fleet.members[position].device.limits)
  }

  /// The device that would be chosen for the contact; nil if none would be.
  private func goesTo(_ contact: Contact, in fleet: Fleet) -> DeviceID? {
    var due = due
    due.contact = contact
    let evaluator = Evaluator(policies: policies, guards: guards, fleet: fleet)
    let commit = StepDecision.decide(due, with: evaluator, template: ContentTemplate(due.content))
    return commit.decision?.resolution.device.map { fleet.members[$0].device.id }
  }
}

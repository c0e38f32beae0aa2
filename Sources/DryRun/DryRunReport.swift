import Routing

/// What a dry run found. The parts add up: `same` and `changed` to `contacts`, and the outcomes of either side too.
package struct DryRunReport: Sendable {
  /// What one side decided for a contact.
  package struct Side: Equatable, Sendable {
    package let outcome: Outcome
    package let device: DeviceID?
    package let reason: String
    package let isFault: Bool
  }

  package struct Change: Sendable {
    package let tenant: TenantID
    package let contact: ContactID
    package let before: Side
    package let after: Side
  }

  /// How many contacts go `to` a device (nil: none) that went to `from` before.
  package struct Move: Sendable {
    package let tenant: TenantID
    package let from: DeviceID?
    package let to: DeviceID?
    package fileprivate(set) var count: Int
  }

  package struct DeviceLoadChange: Sendable {
    package let tenant: TenantID
    package let device: DeviceID
    /// Shares of the fullest cap, 0 to 1: as it stands, after the present policy's decisions, after the candidate's.
    package let load: Double
    package let loadBefore: Double
    package let loadAfter: Double
    /// Messages that wait on the device, likewise.
    package let queued: Int
    package let queuedBefore: Int
    package let queuedAfter: Int
  }

  package let now: Instant
  package private(set) var contacts = 0
  package private(set) var same = 0
  package private(set) var changed = 0
  /// Contacts that would be sent from another device.
  package private(set) var moved = 0
  /// Decisions of the candidate that wait because it failed.
  package private(set) var faults = 0
  package private(set) var outcomesBefore: [Outcome: Int] = [:]
  package private(set) var outcomesAfter: [Outcome: Int] = [:]
  /// In the order in which they first occurred.
  package private(set) var moves: [Move] = []
  package private(set) var devices: [DeviceLoadChange] = []
  /// In the order in which they were decided.
  package private(set) var changes: [Change] = []
  private var movePlaces: [MoveKey: Int] = [:]

  private struct MoveKey: Hashable {
    let tenant: TenantID
    let from: DeviceID?
    let to: DeviceID?
  }

  init(now: Instant) { self.now = now }

  /// The share of contacts that go to another device, in percent.
  package var movedPercent: Double { contacts == 0 ? 0 : Double(moved) * 100 / Double(contacts) }

  mutating func add(tenant: Tenant, contact: Contact, before: Side, after: Side) {
    contacts += 1
    outcomesBefore[before.outcome, default: 0] += 1
    outcomesAfter[after.outcome, default: 0] += 1
    if after.isFault { faults += 1 }
    guard before.outcome != after.outcome || before.device != after.device else {
      same += 1
      return
    }
    changed += 1
    changes.append(Change(tenant: tenant.id, contact: contact.id, before: before, after: after))
    guard before.device != after.device else { return }
    if before.device != nil, after.device != nil { moved += 1 }
    let key = MoveKey(tenant: tenant.id, from: before.device, to: after.device)
    if let place = movePlaces[key] {
      moves[place].count += 1
    } else {
      movePlaces[key] = moves.count
      moves.append(Move(tenant: tenant.id, from: before.device, to: after.device, count: 1))
    }
  }

  mutating func add(tenant: Tenant, fleet: Fleet, live: Fleet, trial: Fleet) {
    for position in fleet.members.indices {
      let device = fleet.members[position].device
      let loads = [fleet, live, trial].map { $0.load(position) }
      devices.append(
        DeviceLoadChange(
          tenant: tenant.id, device: device.id, load: loads[0].share(under: device.limits),
          loadBefore: loads[1].share(under: device.limits), loadAfter: loads[2].share(under: device.limits),
          queued: loads[0].queued, queuedBefore: loads[1].queued, queuedAfter: loads[2].queued))
    }
  }
}

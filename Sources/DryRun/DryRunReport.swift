import Routing

/// What two ways of deciding the same contacts come to. The parts add up: `same` and `changed` to `contacts`, the outcomes
/// and reasons of either side too, and `moves` to the contacts whose device differs.
///
/// Counts are kept for all contacts, single ones as `Ledger` says and those of `listed` alone.
package struct DryRunReport: Sendable {
  /// What one side decided for a contact.
  package struct Side: Equatable, Sendable {
    package let outcome: Outcome
    package let device: DeviceID?
    package let reason: String
    package let isFault: Bool

    package init(outcome: Outcome, device: DeviceID?, reason: String, isFault: Bool = false) {
      (self.outcome, self.device, self.reason, self.isFault) = (outcome, device, reason, isFault)
    }
  }

  package struct Change: Sendable {
    package let tenant: TenantID
    package let contact: ContactID
    package let before: Side
    package let after: Side
  }

  /// Which contacts are kept one by one.
  package enum Listed: String, CaseIterable, Sendable {
    /// Another outcome or another device.
    case changed
    /// Another device.
    case moved
    /// Those that wait, are left out, or meet a fault, on the side of the candidate.
    case waiting, skipped, faults
    case same

    func holds(_ before: Side, _ after: Side) -> Bool {
      switch self {
      case .changed: before.outcome != after.outcome || before.device != after.device
      case .moved: before.device != nil && after.device != nil && before.device != after.device
      case .waiting: after.outcome == .wait
      case .skipped: after.outcome == .skip
      case .faults: after.isFault
      case .same: before.outcome == after.outcome && before.device == after.device
      }
    }
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
    package let name: String
    /// Why it could not accept more at the start; nil when it could.
    package let refusal: DeviceRefusal?
    /// Whether it has a cap that a load can be a share of.
    package let hasCap: Bool
    /// Shares of the fullest cap, 0 to 1: as it stands, after the present policy's decisions, after the candidate's.
    package let load: Double
    package let loadBefore: Double
    package let loadAfter: Double
    /// Messages that wait on the device, likewise.
    package let queued: Int
    package let queuedBefore: Int
    package let queuedAfter: Int
  }

  /// One contact with all that either side has to say of it.
  package struct Detail: Sendable {
    package let tenant: TenantID
    package let contact: Contact
    package let before: Decision
    package let beforeDevice: DeviceID?
    package let after: Decision
    package let afterDevice: DeviceID?
  }

  package let now: Instant
  package let listed: Listed
  package private(set) var contacts = 0
  package private(set) var same = 0
  package private(set) var changed = 0
  /// Contacts that would be sent from another device.
  package private(set) var moved = 0
  /// Decisions of the candidate that wait because it failed.
  package private(set) var faults = 0
  package private(set) var outcomesBefore: [Outcome: Int] = [:]
  package private(set) var outcomesAfter: [Outcome: Int] = [:]
  package private(set) var reasons = ReasonCounts()
  /// In the order in which they first occurred.
  package private(set) var moves: [Move] = []
  package private(set) var devices: [DeviceLoadChange] = []
  /// The contacts of `listed`, in the order in which they were decided.
  package private(set) var changes = Ledger()
  /// The contact asked for; of several tenants, where several have one of that id.
  package private(set) var details: [Detail] = []
  private var movePlaces: [MoveKey: Int] = [:]

  private struct MoveKey: Hashable {
    let tenant: TenantID
    let from: DeviceID?
    let to: DeviceID?
  }

  package init(now: Instant, listed: Listed = .changed) { (self.now, self.listed) = (now, listed) }

  /// The share of contacts that go to another device, in percent.
  package var movedPercent: Double { contacts == 0 ? 0 : Double(moved) * 100 / Double(contacts) }

  package mutating func add(tenant: Tenant, contact: Contact, before: Side, after: Side) {
    contacts += 1
    outcomesBefore[before.outcome, default: 0] += 1
    outcomesAfter[after.outcome, default: 0] += 1
    reasons.add(before: before, after: after)
    if after.isFault { faults += 1 }
    if listed.holds(before, after) { changes.add(tenant: tenant.id, contact: contact.id, before: before, after: after) }
    guard Listed.changed.holds(before, after) else {
      same += 1
      return
    }
    changed += 1
    guard before.device != after.device else { return }
    if Listed.moved.holds(before, after) { moved += 1 }
    let key = MoveKey(tenant: tenant.id, from: before.device, to: after.device)
    if let place = movePlaces[key] {
      moves[place].count += 1
    } else {
      movePlaces[key] = moves.count
      moves.append(Move(tenant: tenant.id, from: before.device, to: after.device, count: 1))
    }
  }

  mutating func add(_ detail: Detail) { details.append(detail) }

  package mutating func add(tenant: Tenant, fleet: Fleet, live: Fleet, trial: Fleet) {
    for position in fleet.members.indices {
      let device = fleet.members[position].device
      let loads = [fleet, live, trial].map { $0.load(position) }
      devices.append(
        DeviceLoadChange(
          tenant: tenant.id, device: device.id, name: device.name,
          refusal: DeviceRefusal.first(for: device, load: loads[0], at: fleet.now),
          hasCap: device.limits != DeviceLimits(),
          load: loads[0].share(under: device.limits), loadBefore: loads[1].share(under: device.limits),
          loadAfter: loads[2].share(under: device.limits), queued: loads[0].queued, queuedBefore: loads[1].queued,
          queuedAfter: loads[2].queued))
    }
  }
}

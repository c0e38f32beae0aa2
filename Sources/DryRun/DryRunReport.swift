import Routing

/// What two ways of deciding the same contacts come to. The parts add up: `same` and `changed` to `contacts`, the outcomes
/// and reasons of either side too, and `moves` to the contacts whose device differs.
///
/// Counts are kept for all contacts, single ones as `ContactChangeList` says and those of `listed` alone.
package struct DryRunReport: Sendable {
  /// What one side decided for a contact.
  package struct Side: Equatable, Sendable {
    /// As admitted, after guards.
    package let outcome: Outcome
    /// Set for `use` and `move`.
    package let device: DeviceID?
    /// The words that the deciding policy or guard gave.
    package let reason: String
    /// Whether it waits because a policy failed.
    package let isFault: Bool

    /// A decision without a fault unless told otherwise.
    package init(outcome: Outcome, device: DeviceID?, reason: String, isFault: Bool = false) {
      (self.outcome, self.device, self.reason, self.isFault) = (outcome, device, reason, isFault)
    }
  }

  /// One contact on both sides.
  package struct Change: Sendable {
    /// Whose contact it is.
    package let tenant: TenantID
    /// As commands name it.
    package let contact: ContactID
    /// What decides now.
    package let before: Side
    /// What the candidate decided.
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
    /// Nil: no device before.
    package let tenant: TenantID
    /// Nil: no device with the candidate.
    package let from: DeviceID?
    /// At least 1.
    package let to: DeviceID?
    /// Contacts; at least 1.
    package fileprivate(set) var count: Int
  }

  /// A device with what either side would give it.
  package struct DeviceLoadChange: Sendable {
    /// Whose device it is.
    package let tenant: TenantID
    /// The external id.
    package let device: DeviceID
    /// As people call it.
    package let name: String
    /// Why it could not accept more at the start; nil when it could.
    package let refusal: DeviceRefusal?
    /// Whether it has a cap that a load can be a share of.
    package let hasCap: Bool
    /// Shares of the fullest cap, 0 to 1: as it stands, after the present policy's decisions, after the candidate's.
    package let load: Double
    /// After the decisions of what decides now.
    package let loadBefore: Double
    /// After the candidate's decisions.
    package let loadAfter: Double
    /// Messages that wait on the device, likewise.
    package let queued: Int
    /// After the decisions of what decides now.
    package let queuedBefore: Int
    /// After the candidate's decisions.
    package let queuedAfter: Int
  }

  /// One contact with all that either side has to say of it.
  package struct Detail: Sendable {
    /// Whose contact it is.
    package let tenant: TenantID
    /// With everything that policies see of it.
    package let contact: Contact
    /// With notes and instructions.
    package let before: Decision
    /// The device that `before` names by its place; nil for a wait or a skip.
    package let beforeDevice: DeviceID?
    /// With notes and instructions.
    package let after: Decision
    /// The device that `after` names by its place; nil for a wait or a skip.
    package let afterDevice: DeviceID?
  }

  /// The moment that both sides decided as of.
  package let now: Instant
  /// Which contacts `changes` holds.
  package let listed: Listed
  /// Contacts that were decided; those that opted out are left out.
  package private(set) var contacts = 0
  /// Same outcome and same device; reasons may differ.
  package private(set) var same = 0
  /// Another outcome or another device.
  package private(set) var changed = 0
  /// Contacts that would be sent from another device.
  package private(set) var moved = 0
  /// Decisions of the candidate that wait because it failed.
  package private(set) var faults = 0
  /// Of what decides now; outcomes that did not occur are absent.
  package private(set) var outcomesBefore: [Outcome: Int] = [:]
  /// Of the candidate; outcomes that did not occur are absent.
  package private(set) var outcomesAfter: [Outcome: Int] = [:]
  /// Of both sides, by outcome and reason.
  package private(set) var reasons = ReasonCounts()
  /// In the order in which they first occurred.
  package private(set) var moves: [Move] = []
  /// Tenant by tenant, in the order of the fleets; retired devices are left out.
  package private(set) var devices: [DeviceLoadChange] = []
  /// The contacts of `listed`, in the order in which they were decided.
  package private(set) var changes = ContactChangeList()
  /// The contact asked for; of several tenants, where several have one of that id.
  package private(set) var details: [Detail] = []
  private var movePlaces: [MoveKey: Int] = [:]

  private struct MoveKey: Hashable {
    let tenant: TenantID
    let from: DeviceID?
    let to: DeviceID?
  }

  /// Counts start at zero.
  package init(now: Instant, listed: Listed = .changed) { (self.now, self.listed) = (now, listed) }

  /// The share of contacts that go to another device, in percent.
  package var movedPercent: Double { contacts == 0 ? 0 : Double(moved) * 100 / Double(contacts) }

  /// Counts one contact; keeps it if `listed` says so.
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

  /// Adds a tenant's devices. The fleets are one: as read, after each side's decisions.
  package mutating func add(tenant: Tenant, fleet: Fleet, live: Fleet, candidate: Fleet) {
    for position in fleet.members.indices {
      let device = fleet.members[position].device
      let loads = [fleet, live, candidate].map { $0.load(position) }
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

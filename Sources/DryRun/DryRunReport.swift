import Routing

/// The comparison of two policies over the same contacts. `same` and `changed` add up to `contacts`, as do the outcomes
/// and the reasons of each side; `moves` adds up to the contacts whose device differs.
///
/// Counts cover all contacts. Single contacts are kept in a `ContactChangeList`, and only those that `listed` selects.
package struct DryRunReport: Sendable {
  /// What one side decided for a contact.
  package struct Side: Equatable, Sendable {
    /// After admission and guards.
    package let outcome: Outcome
    /// Set for `use` and `move`.
    package let device: DeviceID?
    /// The reason of the deciding policy or guard.
    package let reason: String
    /// What a contact on a waitlist waits for; nil for other outcomes, and for a wait that only ends at a time.
    package let waitlist: Waitlist?
    /// The code of the reason; nil if a script wrote it.
    package let code: ReasonCode?
    /// Whether it waits because a policy failed.
    package let isFault: Bool

    /// By default without a fault.
    package init(
      outcome: Outcome, device: DeviceID?, reason: String, waitlist: Waitlist? = nil, code: ReasonCode? = nil,
      isFault: Bool = false
    ) {
      (self.outcome, self.device, self.reason, self.isFault) = (outcome, device, reason, isFault)
      (self.waitlist, self.code) = (waitlist, code)
    }

    /// Whether the same happens to the contact. Reasons may differ.
    func isSame(as other: Side) -> Bool {
      outcome == other.outcome && device == other.device && waitlist == other.waitlist
    }
  }

  /// One contact with the decisions of both sides.
  package struct Change: Sendable {
    /// The contact's tenant.
    package let tenant: TenantID
    /// The contact's id in commands.
    package let contact: ContactID
    /// The decision of the policies in use.
    package let before: Side
    /// The decision of the candidate.
    package let after: Side
  }

  /// Which contacts are listed individually.
  package enum Listed: String, CaseIterable, Sendable {
    /// A different outcome, device or waitlist.
    case changed
    /// A different device.
    case moved
    /// Contacts that wait, are skipped or have a fault with the candidate.
    case waiting, skipped, faults
    case same

    func holds(_ before: Side, _ after: Side) -> Bool {
      switch self {
      case .changed: !before.isSame(as: after)
      case .moved: before.device != nil && after.device != nil && before.device != after.device
      case .waiting: after.outcome == .wait
      case .skipped: after.outcome == .skip
      case .faults: after.isFault
      case .same: before.isSame(as: after)
      }
    }
  }

  /// The number of contacts whose device changes from `from` to `to`. Nil means no device.
  package struct Move: Sendable {
    /// The tenant of the contacts.
    package let tenant: TenantID
    /// The device before; nil for none.
    package let from: DeviceID?
    /// The device with the candidate; nil for none.
    package let to: DeviceID?
    /// Contacts; at least 1.
    package fileprivate(set) var count: Int
  }

  /// A device with its load after each side's decisions.
  package struct DeviceLoadChange: Sendable {
    /// The device's tenant.
    package let tenant: TenantID
    /// The external id.
    package let device: DeviceID
    /// The display name.
    package let name: String
    /// Why it could not accept more at the start; nil if it could.
    package let refusal: DeviceRefusal?
    /// Whether it has a limit, so that its load is meaningful.
    package let hasCap: Bool
    /// The usage of the fullest window at the start, 0 to 1.
    package let load: Double
    /// The usage of the fullest window after the decisions of the policies in use.
    package let loadBefore: Double
    /// The usage of the fullest window after the candidate's decisions.
    package let loadAfter: Double
    /// Messages queued on the device at the start.
    package let queued: Int
    /// After the decisions of the policies in use.
    package let queuedBefore: Int
    /// After the candidate's decisions.
    package let queuedAfter: Int
  }

  /// One contact with both complete decisions.
  package struct Detail: Sendable {
    /// The contact's tenant.
    package let tenant: TenantID
    /// With all fields that policies see.
    package let contact: Contact
    /// With notes and instructions.
    package let before: Decision
    /// The device of `before`, which has only its index; nil for a wait or a skip.
    package let beforeDevice: DeviceID?
    /// With notes and instructions.
    package let after: Decision
    /// The device of `after`, which has only its index; nil for a wait or a skip.
    package let afterDevice: DeviceID?
  }

  /// The time of both sides' decisions.
  package let now: Instant
  /// Which contacts are in `changes`.
  package let listed: Listed
  /// Contacts decided; leads that opted out are not counted.
  package private(set) var contacts = 0
  /// The same outcome, device and waitlist; reasons may differ.
  package private(set) var same = 0
  /// A different outcome, device or waitlist.
  package private(set) var changed = 0
  /// Contacts that would be sent from another device.
  package private(set) var moved = 0
  /// Decisions of the candidate that wait because it failed.
  package private(set) var faults = 0
  /// The contacts for each outcome of the policies in use; outcomes that did not occur are absent.
  package private(set) var outcomesBefore: [Outcome: Int] = [:]
  /// The contacts for each outcome of the candidate; outcomes that did not occur are absent.
  package private(set) var outcomesAfter: [Outcome: Int] = [:]
  /// The reasons of both sides, by outcome.
  package private(set) var reasons = ReasonCounts()
  /// In order of their first occurrence.
  package private(set) var moves: [Move] = []
  /// Grouped by tenant, in fleet order, without retired devices.
  package private(set) var devices: [DeviceLoadChange] = []
  /// The contacts that `listed` selects, in the order in which they were decided.
  package private(set) var changes = ContactChangeList()
  /// The requested contact; several entries if several tenants have a contact with this id.
  package private(set) var details: [Detail] = []
  private var moveIndices: [MoveKey: Int] = [:]

  private struct MoveKey: Hashable {
    let tenant: TenantID
    let from: DeviceID?
    let to: DeviceID?
  }

  /// Counts start at zero.
  package init(now: Instant, listed: Listed = .changed) { (self.now, self.listed) = (now, listed) }

  /// The percentage of contacts that would be sent from another device.
  package var movedPercent: Double { contacts == 0 ? 0 : Double(moved) * 100 / Double(contacts) }

  /// Counts one contact, and keeps it if `listed` selects it.
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
    if let index = moveIndices[key] {
      moves[index].count += 1
    } else {
      moveIndices[key] = moves.count
      moves.append(Move(tenant: tenant.id, from: before.device, to: after.device, count: 1))
    }
  }

  mutating func add(_ detail: Detail) { details.append(detail) }

  /// Adds a tenant's devices, from three states of the same fleet: as read, and after each side's decisions.
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

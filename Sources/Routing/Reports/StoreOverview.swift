/// The overview of a store at one time, read in one snapshot.
package struct StoreOverview: Equatable, Sendable {
  /// A device in service, with its load.
  package struct DeviceLine: Equatable, Sendable {
    /// The device's tenant.
    package var tenant: TenantID
    /// Its configuration, as far as `facts` says it is known.
    package var device: Device
    /// What it has sent recently and has yet to send.
    package var load: DeviceLoad
    /// Why it cannot accept more; nil if it can.
    package var refusal: DeviceRefusal?
    /// Which facts about the device are known for that time: all of them, unless the overview is of the past.
    package var facts: DeviceFacts

    /// Computes `refusal` from the other values, as of `now`.
    package init(tenant: TenantID, device: Device, load: DeviceLoad, facts: DeviceFacts = .all, at now: Instant) {
      (self.tenant, self.device, self.load, self.facts) = (tenant, device, load, facts)
      refusal = DeviceRefusal.first(for: device, load: load, at: now)
    }

    /// Whether `refusal` is reliable: it depends on status, pause and limits.
    package var isRefusalKnown: Bool { facts == .all || facts.contains(.status) && device.status != .online }
  }

  /// Contacts of a tenant whose step is due and not decided yet.
  package struct Overdue: Equatable, Sendable {
    /// The contacts' tenant.
    package var tenant: TenantID
    /// Their number, up to the limit of the count.
    package var contacts: Int
    /// Since when the first of them is due.
    package var since: Instant

    /// `contacts` is at least 1.
    package init(tenant: TenantID, contacts: Int, since: Instant) {
      (self.tenant, self.contacts, self.since) = (tenant, contacts, since)
    }
  }

  /// The time of all counts except `waiting`.
  package var now: Instant
  /// The process that runs on the store.
  package var process: ProcessStatus
  /// All tenants, in the order in which they were created.
  package var tenants: [TenantID]
  /// Devices in service, by tenant and key.
  package var devices: [DeviceLine]
  /// Decisions of the last hour at most.
  package var decisions: DecisionTally
  /// Only tenants with overdue contacts.
  package var overdue: [Overdue]
  /// Whether more contacts are overdue than were counted.
  package var hasMoreOverdue: Bool
  /// Counted at `waiting.at`, which is usually earlier than `now`.
  package var waiting: WaitingTally
  /// All tenants' live policies, by tenant and position.
  package var policies: [PolicyStatus]
  /// Whether the overview describes an earlier time and was built from the record, which does not have the running
  /// process, the due contacts and the failures of policies.
  package var isPast = false
  /// Tenants whose waits at that time were archived.
  package var tenantsWithoutWaits: Set<TenantID> = []

  /// The waiting contacts of the tenants for which they are known.
  package var knownWaiting: WaitingTally {
    WaitingTally(at: waiting.at, lines: waiting.lines.filter { !tenantsWithoutWaits.contains($0.tenant) })
  }
  /// The holds in force.
  package var holds: [SendingHold] = []
  /// The troubles of guards by guard and tenant; empty for a past time, whose troubles are not on record.
  package var guards: [GuardTrouble] = []
  /// The latest pass over each tenant's waits after a change; empty for a past time.
  package var wakes: [TenantID: Wake] = [:]

  /// By default the lists are empty and no process runs.
  package init(
    now: Instant, process: ProcessStatus = ProcessStatus(), tenants: [TenantID] = [], devices: [DeviceLine] = [],
    decisions: DecisionTally, overdue: [Overdue] = [], hasMoreOverdue: Bool = false, waiting: WaitingTally,
    policies: [PolicyStatus] = []
  ) {
    self.now = now
    self.process = process
    self.tenants = tenants
    self.devices = devices
    self.decisions = decisions
    self.overdue = overdue
    self.hasMoreOverdue = hasMoreOverdue
    self.waiting = waiting
    self.policies = policies
  }
}

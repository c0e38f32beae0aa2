/// What a store looks like at a moment, for those who watch it: read in one snapshot.
package struct StoreOverview: Equatable, Sendable {
  /// A device in service with its load.
  package struct DeviceLine: Equatable, Sendable {
    /// Whose device it is.
    package var tenant: TenantID
    /// Its setup, as far as `facts` reach.
    package var device: Device
    /// What it sent lately and has before it.
    package var load: DeviceLoad
    /// Why it cannot accept more; nil when it can.
    package var refusal: DeviceRefusal?
    /// What is known of the device as it stood then: all of it, unless the moment has passed.
    package var facts: DeviceFacts

    /// Works out `refusal` from the others, as of `now`.
    package init(tenant: TenantID, device: Device, load: DeviceLoad, facts: DeviceFacts = .all, at now: Instant) {
      (self.tenant, self.device, self.load, self.facts) = (tenant, device, load, facts)
      refusal = DeviceRefusal.first(for: device, load: load, at: now)
    }

    /// Whether `refusal` can be trusted: it follows from the status, the pause and the limits.
    package var isRefusalKnown: Bool { facts == .all || facts.contains(.status) && device.status != .online }
  }

  /// Contacts of a tenant whose step is due and undecided.
  package struct Overdue: Equatable, Sendable {
    /// Whose contacts they are.
    package var tenant: TenantID
    /// How many, as far as they were counted.
    package var contacts: Int
    /// Since when the first of them is.
    package var since: Instant

    /// `contacts` is at least 1.
    package init(tenant: TenantID, contacts: Int, since: Instant) {
      (self.tenant, self.contacts, self.since) = (tenant, contacts, since)
    }
  }

  /// The moment of all counts but those of `waiting`.
  package var now: Instant
  /// Which process runs on the store.
  package var process: ProcessStatus
  /// All tenants, in the order in which they were made.
  package var tenants: [TenantID]
  /// Devices in service, by tenant and key.
  package var devices: [DeviceLine]
  /// Decisions of at most the last hour.
  package var decisions: DecisionTally
  /// Tenants that have any.
  package var overdue: [Overdue]
  /// Whether more are overdue than were counted.
  package var hasMoreOverdue: Bool
  /// Counted at `waiting.at`, which is earlier than `now` most of the time.
  package var waiting: WaitingTally
  /// All tenants' live policies, by tenant and place.
  package var policies: [PolicyStatus]
  /// Whether things have happened since: made from the record, which does not tell which process ran, who was due, and
  /// which policies failed.
  package var isPast = false
  /// Tenants whose waits were archived.
  package var tenantsWithoutWaits: Set<TenantID> = []

  /// Who waits, of the tenants of which it is known.
  package var knownWaiting: WaitingTally {
    WaitingTally(at: waiting.at, lines: waiting.lines.filter { !tenantsWithoutWaits.contains($0.tenant) })
  }
  /// The holds in force.
  package var holds: [SendingHold] = []

  /// Lists are empty and no process runs unless given.
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

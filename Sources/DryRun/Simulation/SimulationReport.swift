import Routing

/// What one simulated run came to.
package struct SimulationReport: Sendable {
  /// Contacts are those that were open at the start and those enrolled since; their states add up to `contacts`.
  /// `queued`, `waits`, `skipped` and `stopped` add up to `decided`; `inQueueAtStart` and `queued` add up to `sent`, `messagesCancelled` and `inQueue`.
  package struct Totals: Equatable, Sendable {
    package let openAtStart: Int
    /// Leads that came in by `--arrivals`.
    package let arrivals: Int
    package let enrolled: Int
    package let contacts: Int
    package let decided: Int
    package let queued: Int
    package let waits: Int
    package let skipped: Int
    /// Contacts that ended because the lead opted out.
    package let stopped: Int
    package let faults: Int
    package let moved: Int
    package let fallbacks: Int
    package let sent: Int
    package let messagesCancelled: Int
    package let inQueueAtStart: Int
    /// At the end, from here on.
    package let scheduled: Int
    package let waiting: Int
    package let queuedContacts: Int
    package let completed: Int
    package let failed: Int
    package let cancelled: Int
    package let inQueue: Int
    package let inQueueOffline: Int
    /// Leads whose triggers are still open.
    package let leadsWaiting: Int
  }

  /// An hour from the start. What happened in it; and how things stood at its end.
  package struct Hour: Equatable, Sendable {
    /// From 0.
    package let hour: Int
    package var enrolled = 0
    package var decided = 0
    package var queued = 0
    package var sent = 0
    package var faults = 0
    package var waiting = 0
    package var inQueue = 0
    package var inQueueOffline = 0
    /// Of the devices in service, 0 to 1, over the hour's samples.
    package var meanLoad = 0.0
    package var maxLoad = 0.0

    init(hour: Int) { self.hour = hour }
  }

  package struct DeviceFigures: Equatable, Sendable {
    package let tenant: TenantID
    package let device: DeviceID
    package let name: String
    package let status: DeviceStatus
    package let queued: Int
    package let sent: Int
    /// Of what its tenant's devices sent, 0 to 1.
    package let share: Double
    package let peakLoad: Double
    package let hoursAtCap: Double
    /// Decisions by which a contact that belongs to it had to wait.
    package let waits: Int
    package let inQueue: Int
  }

  /// How evenly one tenant's devices sent, of those that were online at any time.
  package struct Fairness: Equatable, Sendable {
    package let tenant: TenantID
    package let devices: Int
    package let sent: Int
    /// 0: all sent the same; towards 1: one sent everything. Nil when nothing was sent.
    package let gini: Double?
    package let maxOverMean: Double?

    init(tenant: TenantID, sent: [Int]) {
      self.tenant = tenant
      devices = sent.count
      let sum = sent.reduce(0, +)
      self.sent = sum
      guard sum > 0 else {
        (gini, maxOverMean) = (nil, nil)
        return
      }
      let ranked = sent.sorted().enumerated().reduce(0) { $0 + (2 * $1.offset + 1 - sent.count) * $1.element }
      gini = Double(ranked) / (Double(sent.count) * Double(sum))
      maxOverMean = Double(sent.max() ?? 0) * Double(sent.count) / Double(sum)
    }
  }

  /// What decided, in words.
  package let policy: String
  package let totals: Totals
  package let hours: [Hour]
  package let devices: [DeviceFigures]
  package let fairness: [Fairness]
  /// The first moment at which nothing was overdue or queued; nil if there was none.
  package let emptiedAt: Instant?
  /// Since when nothing has been overdue or queued; nil when something is at the end.
  package let drainedAt: Instant?
}

import Routing

/// What one simulated run came to.
package struct SimulationReport: Sendable {
  /// Contacts are those that were open at the start and those enrolled since; their states add up to `contacts`.
  /// `queued`, `waits`, `skipped` and `stopped` add up to `decided`; `inQueueAtStart` and `queued` add up to `sent`, `messagesCancelled` and `inQueue`.
  package struct Totals: Equatable, Sendable {
    /// Contacts that were not at their end when the run began.
    package let openAtStart: Int
    /// Leads that came in by `--arrivals`.
    package let arrivals: Int
    /// Enrolments made during the run.
    package let enrolled: Int
    /// The contacts of both: open at the start, and enrolled since.
    package let contacts: Int
    /// Decisions, those that repeat a wait included.
    package let decided: Int
    /// Decisions that queued a message.
    package let queued: Int
    /// Decisions to wait, faults included.
    package let waits: Int
    /// Decisions that left their step out.
    package let skipped: Int
    /// Contacts that ended because the lead opted out.
    package let stopped: Int
    /// Decisions that wait because a policy failed.
    package let faults: Int
    /// Messages by which a contact got another device.
    package let moved: Int
    /// Messages on another device than the contact's own, which it keeps.
    package let fallbacks: Int
    /// Messages that left; every gateway accepts in a simulation.
    package let sent: Int
    /// Messages that ended in their queue.
    package let messagesCancelled: Int
    /// Messages that had not left when the run began.
    package let inQueueAtStart: Int
    /// At the end, from here on.
    package let scheduled: Int
    /// Contacts whose step is due and has no message.
    package let waiting: Int
    /// Contacts whose step has a message that has not left.
    package let queuedContacts: Int
    /// Contacts without a further step.
    package let completed: Int
    /// Contacts whose message failed for good.
    package let failed: Int
    /// Contacts that were stopped.
    package let cancelled: Int
    /// Messages that have not left.
    package let inQueue: Int
    /// Of them, those on devices that are not online.
    package let inQueueOffline: Int
    /// Leads whose triggers are still open.
    package let leadsWaiting: Int
  }

  /// An hour from the start. What happened in it; and how things stood at its end.
  package struct Hour: Equatable, Sendable {
    /// From 0.
    package let hour: Int
    /// Enrolments made in it.
    package var enrolled = 0
    /// Decisions made in it, those that repeat a wait included.
    package var decided = 0
    /// Messages queued in it.
    package var queued = 0
    /// Messages sent in it.
    package var sent = 0
    /// Decisions of it that wait because a policy failed.
    package var faults = 0
    /// Contacts that wait at its end.
    package var waiting = 0
    /// Messages that have not left at its end.
    package var inQueue = 0
    /// Of them, those on devices that are not online.
    package var inQueueOffline = 0
    /// Of the devices in service, 0 to 1, over the hour's samples.
    package var meanLoad = 0.0
    /// The highest sample of any device in service, 0 to 1.
    package var maxLoad = 0.0

    init(hour: Int) { self.hour = hour }
  }

  /// What one device did in the run.
  package struct DeviceFigures: Equatable, Sendable {
    /// Whose device it is.
    package let tenant: TenantID
    /// The external id.
    package let device: DeviceID
    /// As people call it.
    package let name: String
    /// At the end of the run, after incidents.
    package let status: DeviceStatus
    /// Messages that decisions put on it.
    package let queued: Int
    /// Messages that left it.
    package let sent: Int
    /// Of what its tenant's devices sent, 0 to 1.
    package let share: Double
    /// The fullest that a cap of it ever was, 0 to 1.
    package let peakLoad: Double
    /// Hours in which a cap was full, by the samples: a twelfth is the least.
    package let hoursAtCap: Double
    /// Decisions by which a contact that belongs to it had to wait.
    package let waits: Int
    /// Messages on it that have not left at the end.
    package let inQueue: Int
  }

  /// How evenly one tenant's devices sent, of those that were online at any time.
  package struct Fairness: Equatable, Sendable {
    /// Whose devices they are.
    package let tenant: TenantID
    /// Devices that were online at any time.
    package let devices: Int
    /// Messages that these devices sent.
    package let sent: Int
    /// 0: all sent the same; towards 1: one sent everything. Nil when nothing was sent.
    package let gini: Double?
    /// What the busiest device sent by what they sent on average; nil when nothing was sent.
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
  /// Over the whole run.
  package let totals: Totals
  /// One for each hour, in order.
  package let hours: [Hour]
  /// Tenant by tenant, in the order of their keys; retired devices too.
  package let devices: [DeviceFigures]
  /// One for each tenant, in the order of their keys.
  package let fairness: [Fairness]
  /// The first moment at which nothing was overdue or queued; nil if there was none.
  package let emptiedAt: Instant?
  /// Since when nothing has been overdue or queued; nil when something is at the end.
  package let drainedAt: Instant?
}

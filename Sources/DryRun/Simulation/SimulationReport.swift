import Routing

/// The results of one simulated run.
package struct SimulationReport: Sendable {
  /// Contacts are those open at the start and those enrolled since; their states add up to `contacts`. `queued`, `waits`,
  /// `skipped` and `stopped` add up to `decided`. `inQueueAtStart` and `queued` add up to `sent`, `messagesCancelled` and
  /// `inQueue`.
  package struct Totals: Equatable, Sendable {
    /// Contacts that had not ended when the run began.
    package let openAtStart: Int
    /// Leads added by `--arrivals`.
    package let arrivals: Int
    /// Enrolments created during the run.
    package let enrolled: Int
    /// Contacts open at the start, plus those enrolled since.
    package let contacts: Int
    /// Decisions, including repeated waits.
    package let decided: Int
    /// Decisions that queued a message.
    package let queued: Int
    /// Decisions to wait, including faults.
    package let waits: Int
    /// Decisions to skip a step.
    package let skipped: Int
    /// Contacts that ended because the lead opted out.
    package let stopped: Int
    /// Decisions that wait because a policy failed.
    package let faults: Int
    /// Messages that moved a contact to another device.
    package let moved: Int
    /// Messages on another device than the contact's assigned one, which did not change.
    package let fallbacks: Int
    /// Messages sent; in a simulation gateways accept every message.
    package let sent: Int
    /// Messages cancelled in their queue.
    package let messagesCancelled: Int
    /// Unsent messages when the run began.
    package let inQueueAtStart: Int
    /// Contacts at the end of the run whose step is not due; so are the counts below.
    package let scheduled: Int
    /// Contacts whose step is due and has no message.
    package let waiting: Int
    /// Contacts whose step has an unsent message.
    package let queuedContacts: Int
    /// Contacts that have completed their sequence.
    package let completed: Int
    /// Contacts whose message failed permanently.
    package let failed: Int
    /// Contacts that were cancelled.
    package let cancelled: Int
    /// Unsent messages.
    package let inQueue: Int
    /// Unsent messages on devices that are not online.
    package let inQueueOffline: Int
    /// Leads with open triggers.
    package let leadsWaiting: Int
  }

  /// One hour of the run: what happened in it, and the state at its end.
  package struct Hour: Equatable, Sendable {
    /// From 0.
    package let hour: Int
    /// Enrolments created in it.
    package var enrolled = 0
    /// Decisions in it, including repeated waits.
    package var decided = 0
    /// Messages queued in it.
    package var queued = 0
    /// Messages sent in it.
    package var sent = 0
    /// Decisions in it that wait because a policy failed.
    package var faults = 0
    /// Contacts waiting at its end.
    package var waiting = 0
    /// Unsent messages at its end.
    package var inQueue = 0
    /// Unsent messages on devices that are not online, at its end.
    package var inQueueOffline = 0
    /// The mean load of the devices in service over the hour's samples, 0 to 1.
    package var meanLoad = 0.0
    /// The highest load of any device in service in the hour's samples, 0 to 1.
    package var maxLoad = 0.0

    init(hour: Int) { self.hour = hour }
  }

  /// The figures of one device over the run.
  package struct DeviceFigures: Equatable, Sendable {
    /// The device's tenant.
    package let tenant: TenantID
    /// The external id.
    package let device: DeviceID
    /// The display name.
    package let name: String
    /// At the end of the run, after all incidents.
    package let status: DeviceStatus
    /// Messages that decisions queued on it.
    package let queued: Int
    /// Messages that it sent.
    package let sent: Int
    /// Its share of the messages that its tenant's devices sent, 0 to 1.
    package let share: Double
    /// The highest usage of any of its limits during the run, 0 to 1.
    package let peakLoad: Double
    /// Hours during which a limit was full, estimated from samples in steps of a twelfth.
    package let hoursAtCap: Double
    /// Decisions to wait about contacts assigned to it.
    package let waits: Int
    /// Unsent messages on it at the end.
    package let inQueue: Int
  }

  /// How evenly one tenant's devices sent messages, over the devices that were online at any time.
  package struct Fairness: Equatable, Sendable {
    /// The devices' tenant.
    package let tenant: TenantID
    /// Devices that were online at any time.
    package let devices: Int
    /// Messages that these devices sent.
    package let sent: Int
    /// The Gini coefficient: 0 if all sent the same number, near 1 if one sent everything. Nil if nothing was sent.
    package let gini: Double?
    /// The number of messages of the busiest device divided by the mean; nil if nothing was sent.
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

  /// What happened on one waitlist.
  package struct WaitlistFigures: Equatable, Sendable {
    /// The tenant of its contacts.
    package let tenant: TenantID
    /// What they wait for.
    package let waitlist: Waitlist
    /// Contacts on it that got a message.
    package let served: Int
    /// Contacts on it at the end.
    package let waiting: Int
    /// The longest time from the due time of a contact until it was served, or until the end; milliseconds.
    package let longestMilliseconds: Int64
  }

  /// The name of the policies of the run.
  package let policy: String
  /// Totals over the whole run.
  package let totals: Totals
  /// One for each hour, in order.
  package let hours: [Hour]
  /// Grouped by tenant, in order of their keys, including retired devices.
  package let devices: [DeviceFigures]
  /// One entry for each tenant, in order of their keys.
  package let fairness: [Fairness]
  /// Waitlists that served a contact or have one at the end, by tenant, then in the order of their first contacts.
  package let waitlists: [WaitlistFigures]
  /// The first time at which nothing was overdue or queued; nil if that never happened.
  package let emptiedAt: Instant?
  /// Since when nothing has been overdue or queued; nil if something is at the end.
  package let drainedAt: Instant?
}

import Routing

/// The counts of a simulation so far. The states always add up to `contacts`, and the messages to those queued.
struct SimulationTally {
  /// Contacts open at the start, plus those enrolled since.
  private(set) var contacts = 0
  private var states = [EnrolmentStatus: Int]()
  var enrolled = 0
  /// Triggers that were consumed, with or without an enrolment.
  var consumed = 0
  private(set) var decisions = DecisionCounts()
  /// Contacts moved to another device; `fallbacks` counts messages on another device than the contact's assigned one.
  private(set) var moved = 0
  private(set) var fallbacks = 0
  private(set) var sent = 0
  var messagesCancelled = 0
  var inQueueAtStart = 0
  /// Waiting contacts and queued messages of inactive sequences, which do not continue.
  var frozen = 0
  private(set) var hours: [SimulationReport.Hour]
  private var hour = 0
  private var loads = (sum: 0.0, count: 0, max: 0.0)

  init(hours: Int) {
    self.hours = (0..<hours).map { SimulationReport.Hour(hour: $0) }
  }

  func count(_ status: EnrolmentStatus) -> Int { states[status] ?? 0 }
  var inQueue: Int { inQueueAtStart + decisions.queued - sent - messagesCancelled }
  /// Overdue contacts and unsent messages.
  var openCount: Int { count(.waiting) + inQueue - frozen }

  mutating func begin(_ status: EnrolmentStatus) {
    guard status.isOpen else { return }
    contacts += 1
    states[status, default: 0] += 1
  }

  mutating func change(from old: EnrolmentStatus, to new: EnrolmentStatus) {
    states[old, default: 0] -= 1
    states[new, default: 0] += 1
  }

  mutating func add(_ counts: DecisionCounts) {
    decisions += counts
    hours[hour].decided += counts.decided
    hours[hour].queued += counts.queued
    hours[hour].faults += counts.faults
  }

  mutating func noteQueued(_ decision: Decision, isElsewhere: Bool, moves: Bool) {
    guard isElsewhere else { return }
    if moves { moved += 1 } else { fallbacks += 1 }
  }

  mutating func noteSent() {
    sent += 1
    hours[hour].sent += 1
  }

  /// Adds a sample of the loads of the devices in service.
  mutating func sample(mean: Double, max: Double) {
    loads = (loads.sum + mean, loads.count + 1, Swift.max(loads.max, max))
  }

  /// Ends an hour; another one always follows.
  mutating func endHour(inQueueOffline: Int) {
    hours[hour].waiting = count(.waiting)
    hours[hour].inQueue = inQueue
    hours[hour].inQueueOffline = inQueueOffline
    hours[hour].meanLoad = loads.count == 0 ? 0 : loads.sum / Double(loads.count)
    hours[hour].maxLoad = loads.max
    hours[hour].enrolled = enrolled - hours[..<hour].reduce(0) { $0 + $1.enrolled }
    loads = (0, 0, 0)
    hour = min(hour + 1, hours.count - 1)
  }
}

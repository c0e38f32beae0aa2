import Routing
import StoreSQL

extension DecisionBatch {
  /// Asks the waiting contacts that capacity reached, one by one: each answer determines whom the next capacity reaches (I-72).
  /// Returns how many were asked, at most `limit`.
  mutating func serve(limit: Int, _ decider: any StepDecider) throws -> Int {
    guard let fleet = decider.inputs?.fleet else { return 0 }
    var walk = WaitlistWalk(
      memory, lists: try waitlists.all(), inactive: try waitlists.inactiveSequences(), fleet: fleet,
      budget: decider.waitlistBudget, capacity: { decider.capacity($0, for: $1) })
    var rows = DueRows(waitlists.statements.contact, at: now)
    rows.fleet = fleet
    defer { rows.stop() }
    var count = 0
    var wasMiss: Bool?
    while count < limit, decider.asksNextWaiting(afterMiss: wasMiss), let entry = try walk.next(waitlists) {
      var device: DeviceKey?
      if let row = try rows.row(of: entry.enrolment) {
        count += 1
        var chunk = [row]
        let commits = try commits(of: &chunk, decider)
        try write(commits, of: chunk)
        if case .queue(_, let chosen, _, _)? = commits[0] { device = chosen }
      }
      wasMiss = device == nil
      try walk.answered(device: device, waitlists)
    }
    memory = walk.finished()
    return count
  }

  /// What the next batch must know of the waitlists.
  mutating func rememberWaitlists(_ decider: any StepDecider) {
    guard let fleet = decider.inputs?.fleet else { return }
    for list in waitlists.reused { memory.forget(list) }
    memory.note(fleet, joined: waitlists.joinedFilters) { decider.capacity($0, for: $1) }
  }

  /// Whether a wait repeats the contact's last answer. If so, it is not recorded: only a next time that has come is
  /// written. A contact that was asked because of capacity keeps its next time.
  mutating func isRepeated(_ changes: StepChanges, _ decision: Decision, _ row: DueRow, _ due: DueStep) throws -> Bool {
    // A decision to wait counts as an attempt.
    guard changes.enrolment.status == .waiting, decision.fault == nil, due.contact.attempts > 0,
      tally?.isFirst(due.contact, row.lastDecision) != true
    else { return false }
    let list = try changes.enrolment.waitlist.map { try waitlists.key(of: $0) }
    let repeated = waitlists.statements.repeated
    repeated.bind(1, row.enrolment)
    repeated.bind(2, changes.enrolment.reason)
    repeated.bind(3, changes.enrolment.code?.rawValue)
    repeated.bind(4, list?.raw)
    repeated.bind(5, try revisionKey(decision.revision))
    repeated.bind(6, row.place.step)
    let nextAt = try repeated.step() ? repeated.integer(0) : nil
    repeated.reset()
    guard let nextAt else { return false }
    guard nextAt <= now.milliseconds else { return true }
    let again = waitlists.statements.again
    again.bind(1, row.enrolment)
    again.bind(2, changes.enrolment.nextAt?.milliseconds)
    again.bind(3, changes.enrolment.capacityAt?.milliseconds)
    try run(again, row)
    return true
  }
}

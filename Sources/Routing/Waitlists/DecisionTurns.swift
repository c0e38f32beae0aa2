/// A contact that a dry run decides, with the values that determine its turn in a cycle.
package struct DecisionTurn: Sendable {
  /// The contact and its place in the order of the waitlists.
  package let entry: WaitlistEntry
  /// The waitlist that it stands on; nil for a step that is due, and for a wait that only ends at a time.
  package let list: WaitlistKey?
  /// When it is decided if no waitlist serves it.
  package let nextAt: Instant

  /// The values of one row.
  package init(entry: WaitlistEntry, list: WaitlistKey?, nextAt: Instant) {
    (self.entry, self.list, self.nextAt) = (entry, list, nextAt)
  }
}

/// The order in which the cycle after a policy change decides a tenant's contacts. The change ends every wait: first come the
/// waiting contacts that capacity reaches, then all others by the time at which they are due.
///
/// Each decision determines whom capacity reaches next, so two policies have different orders over the same contacts. The
/// order is that of a process that has just started; see `WaitlistMemory`.
package final class DecisionTurns: WaitlistReader {
  private let lists: [StoredWaitlist]
  private var contents: [WaitlistKey: [WaitlistEntry]] = [:]
  /// All contacts by the time at which they are due; waits that are not due yet end just before the time of the cycle, in
  /// the order of the waitlists.
  private let byTime: [EnrolmentKey]

  /// `now` is the time of the cycle. Keeps some 100 bytes for each turn.
  package init(_ turns: [DecisionTurn], lists: [StoredWaitlist], at now: Instant) {
    self.lists = lists
    for turn in turns {
      if let list = turn.list { contents[list, default: []].append(turn.entry) }
    }
    for list in contents.keys { contents[list]?.sort() }
    // As `Wakes.next` orders them: a millisecond after one another, the last one just before `now`.
    let ended = turns.filter { $0.nextAt > now }.map(\.entry).sorted()
    let woken = ended.enumerated().map { index, entry in
      (at: now.milliseconds - Int64(ended.count - index), key: entry.enrolment)
    }
    let due = turns.filter { $0.nextAt <= now }.map { (at: $0.nextAt.milliseconds, key: $0.entry.enrolment) }
    byTime = (woken + due).sorted { ($0.at, $0.key) < ($1.at, $1.key) }.map(\.key)
  }

  /// Calls `decide` once for each contact. It returns the device that gets the contact's message; nil if none does.
  /// `capacity` as in `WaitlistWalk`.
  package func visit(
    _ fleet: Fleet, capacity: @escaping WaitlistWalk.Capacities, decide: (EnrolmentKey) throws -> DeviceKey?
  ) throws {
    var walk = WaitlistWalk(
      WaitlistMemory(), lists: lists, inactive: [], fleet: fleet, budget: WaitlistBudget(), capacity: capacity)
    var decided: Set<EnrolmentKey> = []
    while let entry = try walk.next(self) {
      decided.insert(entry.enrolment)
      try walk.answered(device: try decide(entry.enrolment), self)
    }
    for contact in byTime where !decided.contains(contact) { _ = try decide(contact) }
  }

  /// A contact that was decided stays in its waitlist; the walk has passed it.
  package func entries(of list: WaitlistKey, after entry: WaitlistEntry?, limit: Int) -> [WaitlistEntry] {
    guard let all = contents[list] else { return [] }
    var (low, high) = (0, entry == nil ? 0 : all.count)
    while low < high {
      let middle = (low + high) / 2
      if let entry, all[middle] <= entry { low = middle + 1 } else { high = middle }
    }
    return Array(all[low...].prefix(limit))
  }
}

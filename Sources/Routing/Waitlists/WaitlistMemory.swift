/// What a process remembers of a tenant's waitlists between two batches, so that no contact is asked again before a
/// device that it could use gains capacity.
///
/// It is not in the store: after a restart each waiting contact is asked once more when its waitlist has capacity. Costs
/// memory for each device with capacity and for each waitlist with contacts that were asked in vain.
package struct WaitlistMemory: Sendable {
  /// A position in a waitlist.
  enum Cursor: Equatable, Sendable {
    case start
    /// Behind this contact.
    case after(WaitlistEntry)
    /// Behind the last contact. Contacts that join later were asked when they joined.
    case end
  }

  /// How far a waitlist was walked.
  struct Progress: Sendable {
    /// Everything before it was asked since the waitlist last gained capacity.
    var front: Cursor
    /// Where the walk goes on that a gain does not take back to the start, so that contacts behind many misses are
    /// reached too.
    var deep = Cursor.start
    /// The devices of a filter that had capacity, to notice a device that matches only since then.
    var members: Set<DeviceKey> = []

    /// Back to the start, because the waitlist gained capacity.
    mutating func rewind() {
      front = .start
      if deep == .end { deep = .start }
    }
  }

  /// How many messages a device could take: of urgent or normal priority, and of bulk priority.
  struct Capacity: Equatable, Sendable {
    var normal: Int
    var bulk: Int

    func hasGained(since before: Capacity?) -> Bool {
      guard let before else { return normal > 0 || bulk > 0 }
      return normal > before.normal || bulk > before.bulk
    }
  }

  /// The devices that had capacity after the last batch.
  var known: [DeviceKey: Capacity] = [:]
  var lists: [WaitlistKey: Progress] = [:]
  /// The progress of a waitlist that is not in `lists`.
  private(set) var otherwise = Cursor.start
  /// The sequences that were not active in the last batch.
  var inactive: Set<Int64> = []

  /// Knows nothing: each contact is asked once.
  package init() {}

  /// For a tenant without a contact on a waitlist: whoever joins one was asked at that time.
  package static let empty: WaitlistMemory = {
    var memory = WaitlistMemory()
    memory.otherwise = .end
    return memory
  }()

  func progress(of list: WaitlistKey) -> Progress { lists[list] ?? Progress(front: otherwise) }

  /// Notes that no device of a waitlist has capacity: its next capacity will be a gain.
  mutating func close(_ list: WaitlistKey) {
    guard let progress = lists[list] else { return }
    switch progress.deep {
    case .start, .end: lists[list] = nil
    case .after: lists[list]?.members = []
    }
  }

  /// Forgets a waitlist whose row is used for another filter from now on.
  package mutating func forget(_ list: WaitlistKey) { lists[list] = nil }

  /// Notes that a walk has looked at all waitlists: whoever joins another one was asked at that time.
  mutating func hasWalked() { otherwise = .end }

  /// Stores the capacity that a batch left, and the filters that contacts joined in it. Call it after the last decision of
  /// each batch: capacity and matches that appear later are then noticed as gains.
  package mutating func note(
    _ fleet: Fleet, joined: [WaitlistKey: DeviceFilter],
    _ capacity: (_ position: Int, _ priority: Priority) -> Int
  ) {
    known.removeAll(keepingCapacity: true)
    for position in fleet.members.indices {
      let left = Capacity(normal: capacity(position, .normal), bulk: capacity(position, .bulk))
      if left.normal > 0 || left.bulk > 0 { known[fleet.members[position].device.key] = left }
    }
    for (list, filter) in joined where lists[list] == nil {
      var progress = Progress(front: otherwise)
      for member in fleet.members where known[member.device.key] != nil && filter.selects(member.device) {
        progress.members.insert(member.device.key)
      }
      lists[list] = progress
    }
  }

  /// Begins a batch with these sequences inactive. Contacts of a sequence that is active again were passed over before, so
  /// each waitlist is walked from its start.
  mutating func begin(inactive now: Set<Int64>) {
    defer { inactive = now }
    guard !inactive.isSubset(of: now) else { return }
    otherwise = .start
    lists.removeAll()
  }
}

extension WaitlistMemory.Cursor {
  func isBefore(_ other: Self) -> Bool {
    switch (self, other) {
    case (_, .start), (.end, _): false
    case (.start, _), (_, .end): true
    case (.after(let left), .after(let right)): left < right
    }
  }
}

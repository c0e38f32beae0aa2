/// Chooses the waiting contacts that a batch asks, one by one: those that capacity reached, over all waitlists of a tenant,
/// in their order (I-72).
///
/// A waitlist is open while one of its devices can accept another message. The walk merges the open waitlists. It starts
/// where the contacts were not asked since the waitlist gained capacity, and goes on where an earlier walk ended. It reads
/// nothing from a waitlist that is not open, and nothing from one whose contacts were all asked since its last gain.
package struct WaitlistWalk {
  /// How many messages a device could take, by its position in the fleet; 0 if it can accept none.
  package typealias Capacities = (_ position: Int, _ priority: Priority) -> Int

  private enum Phase { case unread, front, deep, done }

  private struct List {
    let key: WaitlistKey
    var progress: WaitlistMemory.Progress
    /// The positions of its devices that can accept a message of normal priority, and of bulk priority.
    var open: Set<Int>
    var openToBulk: Set<Int>
    /// Entries that were read and not asked yet.
    var buffer: ArraySlice<WaitlistEntry> = []
    /// Where the next page begins; nil at the end of the waitlist.
    var page: WaitlistMemory.Cursor? = .start
    /// Whether the second part of the walk continues the first one without a gap.
    var isContiguous = false
    /// Whether nothing was read yet.
    var isUnread = true
    var missesLeft = 0

    func isOpen(to priority: Priority) -> Bool { priority == .bulk ? !openToBulk.isEmpty : !open.isEmpty }
  }

  private let fleet: Fleet
  private let capacity: Capacities
  private let budget: WaitlistBudget
  private let inactive: Set<Int64>
  private var memory: WaitlistMemory
  private var lists: [List] = []
  /// The indices of the waitlists of several devices, and those of single devices by the device's position.
  private var shared: [Int] = []
  private var ownOf: [Int: Int] = [:]
  /// The devices that can accept a message.
  private var open: Set<Int>
  /// The next entry of each list in the walk, the first to be asked last.
  private var heads: [(entry: WaitlistEntry, list: Int)] = []
  /// What `next` returned.
  private var asked: (entry: WaitlistEntry, list: Int)?
  /// Contacts that were asked in vain: they may have moved to a waitlist that the walk still reads.
  private var missed: Set<EnrolmentKey> = []
  private var phase = Phase.unread

  /// The least number of misses that each waitlist has in one part of a walk.
  private static let leastMisses = 16

  /// `fleet` has the devices at the start of the cycle; `capacity` includes all reservations made since. Costs one look at
  /// each device and each waitlist, and for each filter one at each device with capacity.
  package init(
    _ memory: WaitlistMemory, lists: [StoredWaitlist], inactive: Set<Int64>, fleet: Fleet, budget: WaitlistBudget,
    capacity: @escaping Capacities
  ) {
    var memory = memory
    memory.begin(inactive: inactive)
    var now: [Int: WaitlistMemory.Capacity] = [:]
    var gained: Set<Int> = []
    for position in fleet.members.indices {
      let left = WaitlistMemory.Capacity(normal: capacity(position, .normal), bulk: capacity(position, .bulk))
      guard left.normal > 0 || left.bulk > 0 else { continue }
      now[position] = left
      if left.hasGained(since: memory.known[fleet.members[position].device.key]) { gained.insert(position) }
    }
    for list in lists {
      let members = WaitlistWalk.members(of: list, among: now, in: fleet)
      guard !members.isEmpty else {
        memory.close(list.key)
        continue
      }
      var progress = memory.progress(of: list.key)
      let keys = list.filter == nil ? [] : Set(members.map { fleet.members[$0].device.key })
      if !gained.isDisjoint(with: members) || !keys.isSubset(of: progress.members) { progress.rewind() }
      progress.members = keys
      if list.device != nil, let position = members.first {
        ownOf[position] = self.lists.count
      } else {
        shared.append(self.lists.count)
      }
      self.lists.append(
        List(
          key: list.key, progress: progress, open: members.filter { now[$0]?.normal != 0 },
          openToBulk: members.filter { now[$0]?.bulk != 0 }))
    }
    open = Set(now.keys)
    (self.memory, self.fleet, self.budget, self.capacity, self.inactive) = (memory, fleet, budget, capacity, inactive)
  }

  /// The positions of a waitlist's devices that can accept a message.
  private static func members(
    of list: StoredWaitlist, among open: [Int: WaitlistMemory.Capacity], in fleet: Fleet
  ) -> Set<Int> {
    if let device = list.device {
      guard let position = fleet.position(of: device), open[position] != nil else { return [] }
      return [position]
    }
    guard let filter = list.filter else { return Set(open.keys) }
    return Set(open.keys.filter { filter.selects(fleet.members[$0].device) })
  }
}

// MARK: - Asking

extension WaitlistWalk {
  /// The next contact to ask; nil when the batch has asked everyone whom capacity reached. Call `answered` with each.
  package mutating func next(_ reader: any WaitlistReader) throws -> WaitlistEntry? {
    while phase != .done {
      while let head = heads.popLast() {
        guard lists[head.list].isOpen(to: head.entry.priority) else { continue }
        if inactive.contains(head.entry.sequence) {
          guard takePass() else { continue }
        } else if !missed.contains(head.entry.enrolment) {
          guard budgetLeft > 0, lists[head.list].missesLeft > 0 else { continue }
          asked = head
          return head.entry
        }
        move(head.list, to: .after(head.entry))
        try push(head.list, reader)
      }
      try beginNextPhase(reader)
    }
    return nil
  }

  /// Notes the answer of the contact that `next` returned: `device` got its message; nil if none did.
  package mutating func answered(device: DeviceKey?, _ reader: any WaitlistReader) throws {
    guard let head = asked else { return }
    asked = nil
    move(head.list, to: .after(head.entry))
    if let position = device.flatMap(fleet.position), open.contains(position) {
      update(position)
    } else {
      missed.insert(head.entry.enrolment)
      lists[head.list].missesLeft -= 1
      if phase == .front { budget.front -= 1 } else { budget.deep -= 1 }
    }
    try push(head.list, reader)
  }

  /// What to remember for the next batch. Call `WaitlistMemory.note` on it after the last decision of this one.
  package func finished() -> WaitlistMemory {
    var memory = memory
    for list in lists { memory.lists[list.key] = list.progress }
    memory.hasWalked()
    return memory
  }

  private func takePass() -> Bool {
    guard (phase == .front ? budget.frontPasses : budget.deepPasses) > 0 else { return false }
    if phase == .front { budget.frontPasses -= 1 } else { budget.deepPasses -= 1 }
    return true
  }

  private var budgetLeft: Int { phase == .front ? budget.front : budget.deep }

  /// Closes the waitlists whose last device with capacity took a message. A reservation never frees capacity.
  private mutating func update(_ position: Int) {
    let isFull = capacity(position, .normal) == 0
    let isFullForBulk = capacity(position, .bulk) == 0
    guard isFull || isFullForBulk else { return }
    if isFull, isFullForBulk { open.remove(position) }
    for index in shared + (ownOf[position].map { [$0] } ?? []) {
      if isFull { lists[index].open.remove(position) }
      if isFullForBulk { lists[index].openToBulk.remove(position) }
    }
  }
}

// MARK: - Reading

extension WaitlistWalk {
  private mutating func beginNextPhase(_ reader: any WaitlistReader) throws {
    phase = phase == .unread ? .front : phase == .front ? .deep : .done
    guard phase != .done else { return }
    let share = max(WaitlistWalk.leastMisses, budgetLeft / max(1, lists.count))
    for index in lists.indices where budgetLeft > 0 {
      let progress = lists[index].progress
      if phase == .front {
        if progress.deep == .end { lists[index].progress.deep = .start }
        lists[index].page = progress.front
      } else {
        lists[index].isContiguous = !progress.front.isBefore(progress.deep)
        lists[index].page = lists[index].isContiguous ? progress.front : progress.deep
      }
      lists[index].missesLeft = share
      lists[index].buffer = []
      if lists[index].page == .end { continue }
      try push(index, reader)
    }
  }

  private mutating func move(_ index: Int, to cursor: WaitlistMemory.Cursor) {
    if phase == .front || lists[index].isContiguous { lists[index].progress.front = cursor }
    if phase == .deep { lists[index].progress.deep = cursor }
  }

  /// Adds the next entry of an open waitlist to the walk.
  private mutating func push(_ index: Int, _ reader: any WaitlistReader) throws {
    guard lists[index].isOpen(to: .normal) || lists[index].isOpen(to: .bulk) else { return }
    if lists[index].buffer.isEmpty { try read(index, reader) }
    guard let entry = lists[index].buffer.popFirst() else { return move(index, to: .end) }
    var (low, high) = (0, heads.count)
    while low < high {
      let middle = (low + high) / 2
      if heads[middle].entry > entry { low = middle + 1 } else { high = middle }
    }
    heads.insert((entry, index), at: low)
  }

  /// Reads a page, small at first: most waitlists that are open have capacity for a few contacts.
  private mutating func read(_ index: Int, _ reader: any WaitlistReader) throws {
    guard let page = lists[index].page else { return }
    let limit = lists[index].isUnread ? 8 : 64
    lists[index].isUnread = false
    var last: WaitlistEntry?
    if case .after(let entry) = page { last = entry }
    let entries = try reader.entries(of: lists[index].key, after: last, limit: limit)
    lists[index].buffer = entries[...]
    lists[index].page = entries.count < limit ? nil : entries.last.map { .after($0) }
  }
}

import Testing

@testable import Routing

/// Whom a walk over waitlists asks.
struct WaitlistWalkTests {
  /// Waitlists in memory.
  final class Lists: WaitlistReader {
    var contents: [WaitlistKey: [WaitlistEntry]] = [:]
    private(set) var reads = 0

    func entries(of list: WaitlistKey, after entry: WaitlistEntry?, limit: Int) -> [WaitlistEntry] {
      reads += 1
      return Array((contents[list] ?? []).filter { entry == nil || $0 > entry! }.sorted().prefix(limit))
    }
  }

  /// A tenant with devices `D1`, `D2`, …, each with a limit on its queue, over several cycles.
  final class World {
    let lists = Lists()
    var stored: [StoredWaitlist] = []
    var limits: [Int]
    var tags: [[String]]
    var inactive: Set<Int64> = []
    var memory = WaitlistMemory()

    init(_ limits: [Int], tags: [[String]]? = nil) {
      (self.limits, self.tags) = (limits, tags ?? limits.map { _ in [] })
    }

    func list(_ key: Int64, device: Int64? = nil, tag: String? = nil, _ contacts: ClosedRange<Int64>) {
      let key = WaitlistKey(key)
      stored.append(
        StoredWaitlist(key: key, device: device.map(DeviceKey.init(_:)), filter: tag.map { DeviceFilter(tag: $0) }))
      lists.contents[key] = contacts.map { WaitlistWalkTests.entry($0) }
    }

    /// One cycle. `answer` returns the index of the device that a contact takes; nil to wait on.
    func cycle(limit: Int = .max, budget: WaitlistBudget = WaitlistBudget(), _ answer: (Int64) -> Int?) -> [Int64] {
      let members = limits.indices.map { index in
        Fleet.Member(
          device: Device(
            key: DeviceKey(Int64(index + 1)), id: DeviceID(stored: "D\(index + 1)"), name: "D", status: .online,
            limits: DeviceLimits(queue: limits[index]), tags: tags[index]), load: DeviceLoad())
      }
      var fleet = Fleet(tenant: TenantID(stored: "acme"), now: now, members: members)
      let box = Box(fleet)
      var walk = WaitlistWalk(
        memory, lists: stored, inactive: inactive, fleet: fleet, budget: budget,
        capacity: { box.fleet.capacity($0, for: $1) })
      var asked: [Int64] = []
      while asked.count < limit, let entry = try! walk.next(lists) {
        asked.append(entry.enrolment.raw)
        let device = answer(entry.enrolment.raw)
        if let device {
          box.fleet.reserve(device)
          limits[device] -= 1
          for key in lists.contents.keys { lists.contents[key]?.removeAll { $0 == entry } }
        }
        try! walk.answered(device: device.map { DeviceKey(Int64($0 + 1)) }, lists)
      }
      fleet = box.fleet
      memory = walk.finished()
      memory.note(fleet, joined: [:]) { fleet.capacity($0, for: $1) }
      return asked
    }

    final class Box {
      var fleet: Fleet
      init(_ fleet: Fleet) { self.fleet = fleet }
    }
  }

  static func entry(_ key: Int64, priority: Priority = .normal, sequence: Int64 = 1) -> WaitlistEntry {
    WaitlistEntry(priority: priority, dueAt: now, enrolment: EnrolmentKey(key), sequence: sequence)
  }

  @Test func `without capacity nothing is read`() {
    let world = World([0, 0])
    world.list(1, 1...1000)
    world.list(2, device: 1, 1001...2000)
    #expect(world.cycle { _ in nil } == [])
    #expect(world.lists.reads == 0)
  }

  @Test func `capacity for three asks three, the most urgent and longest due first, over all waitlists`() {
    let world = World([3])
    world.list(1, 10...20)
    world.list(2, device: 1, 1...9)
    world.lists.contents[WaitlistKey(1)]?.append(Self.entry(99, priority: .urgent))
    world.lists.contents[WaitlistKey(2)]?.append(Self.entry(0, priority: .bulk))
    #expect(world.cycle { _ in 0 } == [99, 1, 2])
    #expect(world.cycle { _ in 0 } == [])
  }

  @Test func `a contact that waits again is not asked again until a device that it could use gains capacity`() {
    let world = World([1, 0])
    world.list(1, device: 1, 1...2)
    world.list(2, device: 2, 3...4)
    #expect(world.cycle { _ in nil } == [1, 2])
    #expect(world.cycle { _ in nil } == [])
    // Another device's capacity is no reason to ask them.
    world.limits[1] = 5
    #expect(world.cycle { _ in nil } == [3, 4])
    world.limits[0] = 2
    #expect(world.cycle { _ in nil } == [1, 2])
    let reads = world.lists.reads
    #expect(world.cycle { _ in nil } == [])
    #expect(world.lists.reads == reads)
  }

  @Test func `a device that only now matches a filter is capacity for it`() {
    let world = World([1, 1], tags: [["vip"], []])
    world.list(1, tag: "vip", 1...2)
    #expect(world.cycle { _ in nil } == [1, 2])
    #expect(world.cycle { _ in nil } == [])
    world.tags[1] = ["vip"]
    #expect(world.cycle { _ in nil } == [1, 2])
    world.tags = [[], []]
    #expect(world.cycle { _ in nil } == [])
    world.tags = [["vip"], []]
    #expect(world.cycle { _ in nil } == [1, 2])
  }

  @Test func `a process that knows nothing asks each contact once more`() {
    let world = World([1])
    world.list(1, 1...3)
    #expect(world.cycle { _ in nil } == [1, 2, 3])
    world.memory = WaitlistMemory()
    #expect(world.cycle { _ in nil } == [1, 2, 3])
    #expect(world.cycle { _ in nil } == [])
  }

  @Test func `a cycle asks at most 256 contacts in vain, and the next one goes on behind them`() {
    let world = World([1])
    world.list(1, 1...1000)
    var asked: [Int64] = []
    for _ in 0..<4 { asked += world.cycle { _ in nil } }
    #expect(asked == Array(1...1000))
    #expect(world.cycle { _ in nil } == [])
  }

  @Test func `contacts behind many misses are reached although a device gains capacity in each cycle`() {
    let world = World([1])
    world.list(1, 1...2000)
    var served: [Int64] = []
    for cycle in 0..<20 {
      world.limits[0] = cycle + 1
      let asked = world.cycle { contact in
        guard contact > 1900 else { return nil }
        served.append(contact)
        return 0
      }
      #expect(asked.count <= 256 + cycle + 1)
    }
    #expect(!served.isEmpty && served == served.sorted())
  }

  @Test func `the misses of one waitlist do not keep another from being served`() {
    let world = World([1, 1])
    world.list(1, 1...2000)
    world.list(2, device: 2, 5000...5001)
    let asked = world.cycle { $0 == 5000 ? 1 : nil }
    #expect(asked.contains(5000) && asked.count <= 257)
  }

  @Test func `batches of one cycle share its budget, and none asks a contact again`() {
    let world = World([1])
    world.list(1, 1...1000)
    let budget = WaitlistBudget()
    var asked: [Int64] = []
    for _ in 0..<10 { asked += world.cycle(limit: 40, budget: budget) { _ in nil } }
    #expect(asked == Array(1...256))
  }

  @Test func `contacts of an inactive sequence are passed over, and asked when it is active again`() {
    let world = World([1])
    world.list(1, 1...2)
    world.lists.contents[WaitlistKey(1)]?.append(Self.entry(0, sequence: 7))
    world.inactive = [7]
    #expect(world.cycle { _ in nil } == [1, 2])
    world.inactive = []
    #expect(world.cycle { _ in nil } == [0, 1, 2])
  }

  @Test func `a policy that fills a device without capacity is bounded too`() {
    let world = World([0, 1])
    world.list(1, 1...1000)
    #expect(world.cycle { _ in 0 }.count == 256)
  }

  @Test func `ends of equal waits are spread over their last tenth, by contact`() {
    let until = now.advanced(bySeconds: 86_400)
    let ends = (1...1000).map { WaitlistTimes.end(of: ContactID(stored: "s/L\($0)"), until: until, now: now) }
    #expect(ends.allSatisfy { $0 <= until && $0 >= now.advanced(bySeconds: 77_760) })
    #expect(Set(ends).count > 990)
    let hours = Dictionary(grouping: ends) { ($0.milliseconds - now.milliseconds) / 864_000 }
    #expect(hours.values.allSatisfy { $0.count < 200 })
    // A short wait is not over before it began.
    for seconds in [1, 2, 10] as [Int64] {
      let end = WaitlistTimes.end(of: ContactID(stored: "s/L1"), until: now.advanced(bySeconds: seconds), now: now)
      #expect(end >= now.advanced(bySeconds: 1))
    }
  }
}

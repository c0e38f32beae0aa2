import Routing
import Testing

/// The limits that bulk messages may use.
struct BulkShareTests {
  @Test(arguments: [
    (0, 80, 0), (1, 80, 1), (2, 80, 1), (5, 80, 4), (80, 80, 64), (99, 80, 79), (100, 1, 1), (199, 1, 1), (200, 1, 2),
    (80, 0, 0), (1, 0, 0), (80, 100, 80), (1_000_000_007, 33, 330_000_002), (Int.max, 99, Int.max / 100 * 99 + 6),
  ])
  func `a limit is reduced to the share, rounded down, and never to 0 by rounding`(limit: Int, share: Int, left: Int) {
    let limits = DeviceLimits(minute: limit, hour: limit, day: limit, queue: limit).reduced(to: share)
    #expect(limits == DeviceLimits(minute: left, hour: left, day: left, queue: left))
  }

  @Test func `a device without limits has none for bulk messages either`() {
    #expect(DeviceLimits().reduced(to: 0) == DeviceLimits())
    #expect(DeviceLimits(hour: 10).reduced(to: 50) == DeviceLimits(hour: 5))
  }

  private static let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  private func fleet(_ limits: DeviceLimits, _ load: DeviceLoad, share: Int = 80) -> Fleet {
    Fleet(
      tenant: TenantID("acme")!, now: Self.now,
      members: [.init(device: Device(key: DeviceKey(1), id: DeviceID("D1")!, limits: limits), load: load)],
      bulkShare: share)
  }

  @Test(arguments: [
    (DeviceLimits(minute: 10), DeviceLoad(sentMinute: 8), "8 of 10 a minute, and 8 are used"),
    (DeviceLimits(hour: 80), DeviceLoad(sentHour: 60, queued: 10), "64 of 80 an hour, and 70 are used"),
    (DeviceLimits(day: 5), DeviceLoad(sentDay: 4), "4 of 5 a day, and 4 are used"),
    (DeviceLimits(queue: 10), DeviceLoad(queued: 7, inFlight: 1), "8 of 10 in the queue, and 8 are used"),
  ])
  func `each limit of a device is full for bulk messages at its share`(
    limits: DeviceLimits, load: DeviceLoad, text: String
  ) {
    let fleet = fleet(limits, load)
    #expect(fleet.refusal(0) == nil)
    #expect(fleet.forBulk.refusal(0)?.text == "bulk messages may use \(text)")
    #expect(fleet.sendHold(0) == nil)
  }

  @Test func `the fleet of bulk contacts keeps reservations and is reduced once`() {
    var whole = fleet(DeviceLimits(hour: 10), DeviceLoad(sentHour: 5))
    whole.reserve(0)
    var bulk = whole.forBulk
    #expect(bulk.load(0).queued == 1 && bulk.refusal(0) == nil && bulk.bulkShare == 100)
    bulk.reserve(0)
    bulk.reserve(0)
    #expect(bulk.refusal(0) != nil && bulk.forBulk.members[0].device.limits.hour == 8)
    #expect(whole.load(0).queued == 1)
  }

  @Test func `a share of 100 leaves the fleet as it is, and a share of 0 refuses all bulk messages`() {
    let limits = DeviceLimits(hour: 10)
    #expect(fleet(limits, DeviceLoad(sentHour: 9), share: 100).forBulk.refusal(0) == nil)
    var none = fleet(limits, DeviceLoad(), share: 0).forBulk
    #expect(none.refusal(0)?.text == "bulk messages may use 0 of 10 an hour, and 0 are used")
    #expect(none.capacityAt() == nil && none.roomAt(0) == nil)
  }

  @Test func `only bulk contacts see reduced limits`() {
    let fleet = fleet(DeviceLimits(hour: 10), DeviceLoad())
    for priority in Priority.allCases {
      let contact = Contact(id: ContactID("c")!, priority: priority)
      #expect(fleet.seen(by: contact).members[0].device.limits.hour == (priority == .bulk ? 8 : 10))
    }
  }

  @Test func `more urgent priorities sort first, and names are read back`() {
    #expect(Priority.allCases.sorted() == [.urgent, .normal, .bulk])
    for priority in Priority.allCases {
      #expect(Priority(name: priority.name) == priority)
      #expect(priority.storedUnlessNormal.map(Priority.init(stored:)) ?? .normal == priority)
    }
    #expect(Priority(name: "Urgent") == nil && Priority(stored: 7) == .normal)
  }
}

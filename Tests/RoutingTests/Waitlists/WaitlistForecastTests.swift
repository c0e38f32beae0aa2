import Testing

@testable import Routing

/// When a position of a waitlist is served.
struct WaitlistForecastTests {
  private static let now = Instant(rfc3339: "2026-11-23T10:00:00Z")!

  /// A device whose sends are at these minutes before now.
  private func member(
    _ key: Int64, _ limits: DeviceLimits, sent minutes: [Int64] = [], queued: Int = 0, pace: Double = 0,
    status: DeviceStatus = .online, paused: Bool = false, tags: [String] = []
  ) -> Fleet.Member {
    let sends = RecentSends(sorted: minutes.sorted(by: >).map { Self.now.milliseconds - $0 * 60_000 })
    let device = Device(
      key: DeviceKey(key), id: DeviceID(stored: "D\(key)"), status: status,
      pausedUntil: paused ? Self.now.advanced(bySeconds: 600) : nil, limits: limits,
      pace: Pace(minimumSeconds: pace, maximumSeconds: pace)!, tags: tags)
    return Fleet.Member(device: device, sends: sends, queued: queued, inFlight: 0, failuresHour: 0, at: Self.now)
  }

  private func forecast(
    _ position: Int, _ members: [Fleet.Member], of waitlist: Waitlist = .fleet, _ priority: Priority = .normal
  ) -> WaitlistForecast {
    let fleet = Fleet(tenant: TenantID(stored: "acme"), now: Self.now, members: members, bulkShare: 50)
    return WaitlistForecast(of: WaitlistPlace(waitlist: waitlist, position: position, priority: priority), in: fleet)
  }

  private func time(_ forecast: WaitlistForecast) -> String? { forecast.servedAt?.rfc3339 }

  @Test func `a cap of an hour serves a long waitlist hour by hour`() {
    // 80 sends, evenly over the last hour.
    let full = member(1, DeviceLimits(hour: 80), sent: (0..<80).map { $0 * 3 / 4 })
    let far = forecast(412, [full], of: .device(DeviceID(stored: "D1")))
    #expect(far.perHour == 80)
    #expect(time(far) == "2026-11-23T15:10:00Z")
    #expect(forecast(1, [full]).servedAt == Self.now.advanced(bySeconds: 60))
  }

  @Test func `capacity returns when the sends on record leave the window`() {
    let device = member(1, DeviceLimits(hour: 3), sent: [50, 40, 10])
    #expect(time(forecast(1, [device])) == "2026-11-23T10:10:00Z")
    #expect(time(forecast(2, [device])) == "2026-11-23T10:20:00Z")
    #expect(time(forecast(3, [device])) == "2026-11-23T10:50:00Z")
    #expect(time(forecast(4, [device])) == "2026-11-23T11:10:00Z")
  }

  @Test func `messages that are outstanding use the window after their sends`() {
    let device = member(1, DeviceLimits(hour: 12), sent: [1], queued: 11, pace: 10)
    #expect(time(forecast(1, [device])) == "2026-11-23T10:59:00Z")
    #expect(time(forecast(7, [device])) == "2026-11-23T11:05:00Z")
  }

  @Test(arguments: [
    (DeviceLimits(minute: 2, hour: 60), 0.0, 60.0), (DeviceLimits(minute: 2), 0, 120),
    (DeviceLimits(hour: 60, queue: 5), 120, 30), (DeviceLimits(day: 48), 0, 2),
    (DeviceLimits(hour: 60, day: 48), 0, 60),
    (DeviceLimits(queue: 5), 36, 100),
  ])
  func `the rate is the least that caps and pace allow`(limits: DeviceLimits, pace: Double, rate: Double) {
    #expect(forecast(20, [member(1, limits, pace: pace)]).perHour == rate)
  }

  @Test func `the cap of a day bounds an estimate of more than a day`() {
    let device = member(1, DeviceLimits(hour: 60, day: 48))
    #expect(forecast(48 * 3, [device]).perHour == 2)
    #expect(forecast(48 * 3, [device]).servedAt! >= Self.now.advanced(bySeconds: 2 * 86_400))
  }

  @Test func `a full queue serves the waitlist as fast as its device sends`() {
    let device = member(1, DeviceLimits(queue: 5), queued: 5, pace: 60)
    #expect(forecast(1, [device]).servedAt! <= Self.now.advanced(bySeconds: 60))
    #expect(time(forecast(10, [device])) == "2026-11-23T10:09:00Z")
    #expect(forecast(10, [device]).perHour == 60)
  }

  @Test func `several devices add their rates`() {
    let members = [
      member(1, DeviceLimits(hour: 30), sent: (0..<30).map { $0 * 2 }, tags: ["vip"]),
      member(2, DeviceLimits(hour: 60), sent: (0..<60).map { $0 }),
      member(3, DeviceLimits(hour: 500), status: .offline),
    ]
    #expect(forecast(90, members).perHour == 90)
    #expect(time(forecast(90, members)) == "2026-11-23T11:00:00Z")
    #expect(forecast(90, members, of: .filter(DeviceFilter(tag: "vip"))).perHour == 30)
    #expect(forecast(90, members, of: .filter(DeviceFilter(except: DeviceID(stored: "D1")))).perHour == 60)
  }

  @Test func `a bulk contact waits for its part of the limits`() {
    let device = member(1, DeviceLimits(hour: 80), sent: (0..<40).map { _ in 30 })
    #expect(forecast(1, [device]).isNow(at: Self.now))
    #expect(time(forecast(1, [device], of: .fleet, .bulk)) == "2026-11-23T10:30:00Z")
    #expect(forecast(1, [device], of: .fleet, .bulk).perHour == 40)
  }

  @Test func `capacity that exists needs no estimate`() {
    #expect(forecast(3, [member(1, DeviceLimits(hour: 3))]).isNow(at: Self.now))
    #expect(!forecast(4, [member(1, DeviceLimits(hour: 3))]).isNow(at: Self.now))
    let unlimited = forecast(1_000_000, [member(1, DeviceLimits())])
    #expect(unlimited.isNow(at: Self.now) && unlimited.perHour == nil)
  }

  @Test func `without a device that sends there is no estimate`() {
    let d1 = Waitlist.device(DeviceID(stored: "D1"))
    let offline = member(1, DeviceLimits(hour: 3), status: .offline)
    let paused = member(1, DeviceLimits(hour: 3), paused: true)
    #expect(forecast(1, [offline], of: d1).obstacle == .refused(0, .status(.offline)))
    #expect(forecast(1, [paused], of: d1).obstacle == .refused(0, .paused(until: paused.device.pausedUntil!)))
    #expect(forecast(1, [offline, member(2, DeviceLimits(), paused: true)]).obstacle == .noneSends(devices: 2))
    #expect(forecast(1, [], of: d1).obstacle == .noDevice)
    #expect(forecast(1, [offline], of: .filter(DeviceFilter(tag: "vip"))).obstacle == .noDevice)
    #expect(forecast(1, [member(1, DeviceLimits(hour: 0))], of: d1).obstacle == .limitOfZero)
    #expect(forecast(1, [member(1, DeviceLimits(queue: 0))], of: d1).obstacle == .limitOfZero)
    #expect(forecast(1000, [member(1, DeviceLimits(day: 2))], of: d1).obstacle == .limits)
    #expect(forecast(1, [offline], of: d1).servedAt == nil)
  }

  @Test func `a bulk share that allows too little is told from limits that do`() {
    let d1 = Waitlist.device(DeviceID(stored: "D1"))
    // Half of two a day: 1000 bulk messages take more than a year, 600 of normal priority do not.
    let small = [member(1, DeviceLimits(day: 2))]
    #expect(forecast(600, small, of: d1, .bulk).obstacle == .bulkShare(50))
    #expect(forecast(600, small, of: d1).servedAt != nil)
    #expect(forecast(1000, small, of: d1, .bulk).obstacle == .limits)
    #expect(forecast(1, [member(1, DeviceLimits(day: 0))], of: d1, .bulk).obstacle == .limitOfZero)
  }

  @Test func `a later time never has less capacity`() {
    for (index, limits) in [DeviceLimits(hour: 7), DeviceLimits(minute: 3, day: 40), DeviceLimits(hour: 9, queue: 4)]
      .enumerated()
    {
      for queued in 0...4 {
        let device = member(1, limits, sent: [55, 30, 2], queued: queued, pace: Double(index * 40))
        let fleet = Fleet(tenant: TenantID(stored: "acme"), now: Self.now, members: [device])
        let curve = CapacityCurve(fleet, 0, for: .normal)!
        let counts = (0..<400).map { curve.count(until: $0 * 37_000) }
        #expect(counts == counts.sorted())
      }
    }
  }
}

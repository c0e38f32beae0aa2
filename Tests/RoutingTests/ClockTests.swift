import Testing

@testable import Routing

/// Times on record that are ahead of the clock.
struct ClockTests {
  private let now = Instant(rfc3339: "2026-11-22T10:00:00Z")!
  private let ahead = Instant(rfc3339: "2026-11-22T18:00:30Z")!

  private func device(pace: Pace = Pace(minimumSeconds: 5, maximumSeconds: 15)!, next: Instant?) -> Device {
    Device(key: DeviceKey(1), id: DeviceID("D1")!, pace: pace, nextSendAt: next)
  }

  @Test func `a pace never blocks for longer than its longest pause`() {
    #expect(device(next: ahead).paceEnd(at: now) == now.advanced(bySeconds: 15))
    #expect(device(next: now.advanced(bySeconds: 12)).paceEnd(at: now) == now.advanced(bySeconds: 12))
    #expect(device(next: now).paceEnd(at: now) == nil)
    #expect(device(next: nil).paceEnd(at: now) == nil)
    #expect(device(pace: .none, next: ahead).paceEnd(at: now) == nil, "a device without a pace never waits for it")
  }

  @Test func `sender, fleet and reason use the same end of a pace`() {
    var device = device(next: ahead)
    #expect(SendAllowance.count(for: device, load: DeviceLoad(), at: now, most: 9) == 0)
    device.limits.queue = 1
    let fleet = Fleet(
      tenant: TenantID("acme")!, now: now, members: [.init(device: device, load: DeviceLoad(queued: 1))])
    #expect(fleet.sendHold(0) == .pace(until: now.advanced(bySeconds: 15)))
    #expect(fleet.roomAt(0) == now.advanced(bySeconds: 15))
  }

  @Test(arguments: [RecentSends.minute, RecentSends.hour, RecentSends.day])
  func `a send ahead of the clock counts in each window until the window after it is over`(window: Int64) {
    var sends = RecentSends()
    sends.add(ahead)
    #expect(sends.count(window: window, at: now) == 1)
    #expect(sends.count(window: window, at: ahead.advanced(byMilliseconds: window - 1)) == 1)
    #expect(sends.count(window: window, at: ahead.advanced(byMilliseconds: window)) == 0)
    #expect(
      sends.roomAt(limit: 1, window: window, outstanding: 0, now: now) == ahead.advanced(byMilliseconds: window))
    #expect(sends.count(after: now) == 1 && sends.count(after: ahead) == 0)
  }

  @Test func `a full limit says how many sends are ahead of the clock`() {
    var device = device(next: nil)
    device.limits.hour = 2
    var sends = RecentSends()
    for moment in [now.advanced(bySeconds: -60), ahead] { sends.add(moment) }
    let member = Fleet.Member(device: device, sends: sends, queued: 0, inFlight: 0, failuresHour: 0, at: now)
    #expect(member.refusalText(at: now) == "2 of 2 this hour; 1 of its sends is dated ahead of the clock")
  }

  @Test func `decisions ahead of the clock are not among those of the last minutes`() {
    var tally = DecisionTally(completeFrom: .earliest)
    let acme = TenantID("acme")!
    tally.add(.use, of: acme, at: now.advanced(bySeconds: -5))
    tally.add(.use, of: acme, at: now)
    tally.add(.use, of: acme, at: ahead, count: 7)
    #expect(tally.count(.use, of: acme, window: 900_000, at: now) == 2)
    #expect(tally.count(.use, of: nil, window: 900_000, at: ahead) == 7)
  }

  @Test(
    arguments: [
      (500, "0 s"), (-119_999, "119 s"), (120_000, "2 min"), (8 * 3_600_000, "8 h"), (-172_800_000, "2 d"),
      (Int64.min, "106751991167 d"),
    ] as [(Int64, String)])
  func `a distance of clocks has one unit`(milliseconds: Int64, text: String) {
    #expect(ClockDistance.text(milliseconds: milliseconds) == text)
  }

  @Test func `the reason of a hold says how far the clock is off, and what to do`() {
    #expect(
      ClockHold.reason(newest: ahead, now: now)
        == "the newest time on record, 2026-11-22T18:00:30Z, is 8 h ahead of the clock: check the clock, then run "
        + "`usher store clock accept --reason TEXT`")
    #expect(ClockHold.sentence(jump: -86_400_000) == "the clock jumped 24 h back")
    #expect(ClockHold.reason(jump: 30_000).hasPrefix("the clock jumped 30 s ahead: check the clock"))
  }
}

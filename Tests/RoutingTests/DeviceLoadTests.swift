import Testing

@testable import Routing

struct DeviceLoadTests {
  @Test func `queued messages count towards every limit`() {
    let load = DeviceLoad(sentMinute: 1, sentHour: 10, sentDay: 100, queued: 3, inFlight: 2)
    #expect(load.headroom(under: DeviceLimits(minute: 7)) == 1)
    #expect(load.headroom(under: DeviceLimits(hour: 15)) == 0)
    #expect(load.headroom(under: DeviceLimits(day: 110)) == 5)
    #expect(load.headroom(under: DeviceLimits(queue: 6)) == 1)
    #expect(load.headroom(under: DeviceLimits(minute: 7, hour: 15, day: 110, queue: 6)) == 0)
    #expect(load.headroom(under: DeviceLimits()) == .max)
  }

  @Test func `the load is the fullest window's share, 0 to 1`() {
    let load = DeviceLoad(sentHour: 40, sentDay: 700)
    #expect(load.share(under: DeviceLimits(hour: 80, day: 800)) == 0.875)
    #expect(load.share(under: DeviceLimits()) == 0)
    #expect(load.share(under: DeviceLimits(hour: 10)) == 1)
    #expect(load.share(under: DeviceLimits(minute: 0)) == 1)
  }

  @Test func `the first refusal is by status, then pause, then limits`() {
    let now = Instant(milliseconds: 1000)
    var device = Device(key: .init(1), id: DeviceID("D1")!, status: .offline, limits: DeviceLimits(hour: 1))
    device.pausedUntil = Instant(milliseconds: 2000)
    let load = DeviceLoad(sentHour: 1)
    #expect(DeviceRefusal.first(for: device, load: load, at: now)?.text == "offline")
    device.status = .online
    #expect(DeviceRefusal.first(for: device, load: load, at: now)?.text == "paused until 1970-01-01T00:00:02Z")
    device.pausedUntil = now
    #expect(DeviceRefusal.first(for: device, load: load, at: now)?.text == "1 of 1 this hour")
    #expect(DeviceRefusal.first(for: device, load: DeviceLoad(), at: now) == nil)
  }

  @Test func `a sender sends no more than the limits allow, and one at a time with a pace`() {
    let now = Instant(milliseconds: 1_000_000)
    var device = Device(key: .init(1), id: DeviceID("D1")!, limits: DeviceLimits(minute: 5, queue: 4))
    #expect(SendAllowance.count(for: device, load: DeviceLoad(sentMinute: 2, queued: 50), at: now, most: 100) == 3)
    #expect(SendAllowance.count(for: device, load: DeviceLoad(inFlight: 3), at: now, most: 100) == 1)
    #expect(SendAllowance.count(for: device, load: DeviceLoad(), at: now, most: 2) == 2)
    device.pace = Pace(minimumSeconds: 5, maximumSeconds: 15)!
    #expect(SendAllowance.count(for: device, load: DeviceLoad(), at: now, most: 100) == 1)
    device.nextSendAt = now.advanced(byMilliseconds: 1)
    #expect(SendAllowance.count(for: device, load: DeviceLoad(), at: now, most: 100) == 0)
    device.nextSendAt = now
    device.status = .unknown
    #expect(SendAllowance.count(for: device, load: DeviceLoad(), at: now, most: 100) == 0)
  }
}

import Testing

@testable import Routing

/// Descriptions of why a device cannot accept more, and why it sends nothing.
struct DeviceTextTests {
  private let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  private func sentence(
    _ change: (inout Device, inout DeviceLoad) -> Void, _ known: DeviceCircumstances = DeviceCircumstances(),
    freeAt: Instant? = nil
  ) -> String? {
    var (device, load) = (Device(key: DeviceKey(1), id: DeviceID("D1")!), DeviceLoad())
    change(&device, &load)
    let fleet = Fleet(tenant: TenantID("acme")!, now: now, members: [.init(device: device, load: load)])
    let words = DeviceText(
      fleet, circumstances: [device.key: known], time: { String($0.rfc3339.dropFirst(11).prefix(5)) })
    return fleet.refusal(0).map { words.refusal($0, of: 0, freeAt: freeAt) }
  }

  @Test func `a status is described with its start, or with the time when the device was last seen`() {
    let since = DeviceCircumstances(statusSince: Instant(rfc3339: "2026-11-22T08:41:00Z"))
    let seen = Instant(rfc3339: "2026-11-22T08:30:00Z")
    #expect(sentence({ device, _ in device.status = .offline }, since) == "offline since 08:41")
    #expect(
      sentence({ device, _ in (device.status, device.lastSeenAt) = (.offline, seen) }) == "offline, last seen 08:30")
    #expect(sentence({ device, _ in device.status = .offline }) == "offline")
    #expect(sentence({ device, _ in device.status = .authFailed }, since) == "credentials refused since 08:41")
    #expect(sentence({ device, _ in device.status = .unknown }, since) == "unknown since 08:41")
  }

  @Test func `a pause is described with its end and its reason`() {
    let until = Instant(rfc3339: "2026-11-22T09:30:00Z")
    #expect(sentence({ device, _ in device.pausedUntil = until }) == "paused until 09:30")
    #expect(
      sentence({ device, _ in device.pausedUntil = until }, DeviceCircumstances(pauseReason: "number under review"))
        == "paused until 09:30 (number under review)")
  }

  @Test func `a full limit is described with the unsent messages, and the time when it is free again`() {
    let ten = Instant(rfc3339: "2026-11-22T10:00:00Z")
    #expect(
      sentence({ (device, load) in (device.limits.hour, load.sentHour) = (80, 80) }, freeAt: ten)
        == "80 of 80 this hour, free again at 10:00")
    #expect(
      sentence({ (device, load) in (device.limits.hour, load.sentHour, load.queued) = (80, 77, 3) }, freeAt: ten)
        == "80 of 80 this hour, 3 of them unsent, free again at 10:00")
    #expect(sentence({ (device, load) in (device.limits.day, load.sentDay) = (5, 5) }) == "5 of 5 this day")
    #expect(
      sentence({ (device, load) in (device.limits.queue, load.inFlight) = (2, 2) }, freeAt: ten)
        == "2 of 2 queued, one must be sent first")
  }

  @Test func `a device holds its messages back exactly when the sender may not take one`() {
    var numbers = SeededRandom(seed: 7)
    for _ in 0..<2000 {
      func pick(_ values: [Int?]) -> Int? { values[Int(numbers.next() % UInt64(values.count))] }
      var device = Device(key: DeviceKey(1), id: DeviceID("D1")!)
      device.status = pick([0, 1, 1, 1]) == 0 ? .offline : .online
      device.limits = DeviceLimits(
        minute: pick([nil, 1, 3]), hour: pick([nil, 3]), day: pick([nil, 4]), queue: pick([nil, 0, 2]))
      device.pausedUntil = pick([nil, nil, -1000, 1000]).map { now.advanced(byMilliseconds: Int64($0)) }
      device.nextSendAt = pick([nil, nil, 0, 1000]).map { now.advanced(byMilliseconds: Int64($0)) }
      let load = DeviceLoad(
        sentMinute: pick([0, 1, 2])!, sentHour: pick([0, 2, 3])!, sentDay: pick([0, 3, 4])!, queued: pick([0, 9])!,
        inFlight: pick([0, 0, 1, 2])!)
      let fleet = Fleet(tenant: TenantID("acme")!, now: now, members: [.init(device: device, load: load)])
      let mayLeave = SendAllowance.count(for: device, load: load, at: now, most: 1) > 0
      #expect((fleet.sendHold(0) == nil) == mayLeave, "\(device) \(load)")
    }
  }
}

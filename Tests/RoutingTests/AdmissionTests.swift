import Testing

@testable import Routing

struct AdmissionTests {
  private let now = Instant(milliseconds: 1_000_000_000)

  private func fleet(_ members: Fleet.Member...) -> Fleet {
    Fleet(tenant: TenantID("acme")!, now: now, members: members)
  }

  private func full(freeIn seconds: Int64) -> Fleet.Member {
    var sends = RecentSends()
    sends.add(now.advanced(bySeconds: seconds - 3600))
    return Fleet.Member(
      device: Device(key: .init(1), id: DeviceID("D1")!, limits: DeviceLimits(hour: 1)),
      load: DeviceLoad(sentHour: 1, sentDay: 1), sends: sends)
  }

  @Test func `a retired device is not a member of a fleet, even if a script names it`() {
    var fleet = fleet(
      .init(device: Device(key: .init(1), id: DeviceID("D1")!, status: .retired), load: DeviceLoad()))
    #expect(fleet.count == 0)
    #expect(throws: Fault(.device, "the device does not belong to this fleet", code: .deviceOfAnotherFleet)) {
      try Admission.resolve(.use(device: 0), fleet: &fleet)
    }
    #expect(Admission.retryAfterFault(at: now) == now.advanced(bySeconds: 60))
  }

  @Test func `a wait ends after the requested time, or earlier when a device has capacity`() throws {
    var fleet = fleet(full(freeIn: 100))
    #expect(
      try Admission.resolve(.wait(seconds: 50), fleet: &fleet) == .wait(until: now.advanced(bySeconds: 50)))
    #expect(
      try Admission.resolve(.wait(seconds: 900), fleet: &fleet) == .wait(until: now.advanced(bySeconds: 100))
    )
    #expect(
      try Admission.resolve(.wait(seconds: nil), fleet: &fleet) == .wait(until: now.advanced(bySeconds: 100))
    )
  }

  @Test func `a wait while a device has capacity lasts as requested, but at least a second`() throws {
    var fleet = fleet(.init(device: Device(key: .init(1), id: DeviceID("D1")!), load: DeviceLoad()))
    #expect(
      try Admission.resolve(.wait(seconds: 8 * 3600), fleet: &fleet)
        == .wait(until: now.advanced(bySeconds: 8 * 3600)))
    #expect(
      try Admission.resolve(.wait(seconds: 0), fleet: &fleet) == .wait(until: now.advanced(bySeconds: 1)))
    #expect(try Admission.resolve(.noOpinion, fleet: &fleet) == .wait(until: now.advanced(bySeconds: 300)))
  }

  @Test(arguments: [-1, .nan, .infinity, 31_622_401.0])
  func `an invalid wait is a fault`(seconds: Double) {
    var fleet = fleet()
    let fault = #expect(throws: Fault.self) { try Admission.resolve(.wait(seconds: seconds), fleet: &fleet) }
    #expect(fault?.kind == .verdict)
  }

  @Test func `the earliest capacity is over all devices, and unknown for offline ones`() {
    var offline = full(freeIn: 10)
    offline.device.status = .offline
    var paused = Fleet.Member(device: Device(key: .init(2), id: DeviceID("D2")!), load: DeviceLoad())
    paused.device.pausedUntil = now.advanced(bySeconds: 70)
    var both = fleet(offline, full(freeIn: 100))
    #expect(both.capacityAt() == now.advanced(bySeconds: 100))
    var three = fleet(offline, full(freeIn: 100), paused)
    #expect(three.capacityAt() == now.advanced(bySeconds: 70))
    var none = fleet(offline)
    #expect(none.capacityAt() == nil)
  }

  @Test(arguments: [
    "60123456789", "+0123456789", "0123456789", "+6.01E+10", "+60 12 345", "+1234", "+1234567890123456", "",
    "+6012345678x",
  ])
  func `a phone number that is not E.164 is rejected (I-59)`(text: String) {
    #expect(PhoneNumber(text) == nil)
  }
}

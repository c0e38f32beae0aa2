import Testing

@testable import Routing

/// Waitlists as answers have them, and the times of their waits.
struct WaitlistTests {
  private let now = Instant(milliseconds: 1_000_000_000)

  private func fleet(isFull: Bool = false) -> Fleet {
    var sends = RecentSends()
    sends.add(now.advanced(bySeconds: -3500))
    return Fleet(
      tenant: TenantID("acme")!, now: now,
      members: (1...3).map {
        Fleet.Member(
          device: Device(
            key: DeviceKey(Int64($0)), id: DeviceID("D\($0)")!, limits: DeviceLimits(hour: isFull ? 1 : nil)),
          load: isFull ? DeviceLoad(sentHour: 1, sentDay: 1) : DeviceLoad(), sends: isFull ? sends : RecentSends())
      })
  }

  @Test func `its latest time is exactly as requested, whenever the fleet has capacity`() throws {
    for isFull in [false, true] {
      var fleet = fleet(isFull: isFull)
      #expect((fleet.capacityAt() == nil) != isFull)
      for (seconds, expected) in [(900.0, 900_000), (nil, 86_400_000), (0, 1000), (0.5, 1000), (1.2345, 1235)]
        as [(Double?, Int64)]
      {
        let resolution = try Admission.resolve(.waitFor(.fleet, seconds: seconds), fleet: &fleet)
        #expect(resolution == .wait(until: now.advanced(byMilliseconds: expected)))
      }
    }
  }

  @Test(arguments: [-1, .nan, .infinity, 31_622_401.0])
  func `invalid seconds are a fault`(seconds: Double) {
    var fleet = fleet()
    let fault = #expect(throws: Fault.self) { try Admission.resolve(.waitFor(.fleet, seconds: seconds), fleet: &fleet) }
    #expect(fault?.kind == .verdict && fault?.code == .invalidSeconds)
    #expect(fault?.message.hasPrefix("wait_for: expected 0 to 31622400 seconds, found ") == true)
  }

  @Test func `a device outside the fleet is a fault`() {
    var fleet = fleet()
    for target in [WaitTarget.device(3), .filter(tag: "x", platform: nil, except: 3), .device(-1)] {
      #expect(throws: Fault(.device, "the device does not belong to this fleet", code: .deviceOfAnotherFleet)) {
        try Admission.resolve(.waitFor(target, seconds: 1), fleet: &fleet)
      }
    }
  }

  @Test func `a target becomes a waitlist with ids`() {
    let fleet = fleet()
    #expect(WaitTarget.fleet.waitlist(in: fleet) == .fleet)
    #expect(WaitTarget.filter(tag: nil, platform: nil, except: nil).waitlist(in: fleet) == .fleet)
    #expect(WaitTarget.device(1).waitlist(in: fleet) == .device(DeviceID("D2")!))
    #expect(
      WaitTarget.filter(tag: "vip", platform: "sms", except: 2).waitlist(in: fleet)
        == .filter(DeviceFilter(tag: "vip", platform: "sms", except: DeviceID("D3"))))
  }

  private static let lists: [(Waitlist, [String], String)] = [
    (.fleet, [], "the fleet"), (.device(DeviceID("D1")!), ["device=D1"], "D1"),
    (.filter(DeviceFilter(tag: "vip")), ["tag=vip"], "devices with the tag 'vip'"),
    (.filter(DeviceFilter(platform: "sms")), ["platform=sms"], "devices on 'sms'"),
    (.filter(DeviceFilter(except: DeviceID("D2"))), ["except=D2"], "all devices except D2"),
    (
      .filter(DeviceFilter(tag: "vip", platform: "sms", except: DeviceID("D2"))),
      ["tag=vip", "platform=sms", "except=D2"],
      "devices with the tag 'vip' on 'sms' except D2"
    ),
  ]

  @Test(arguments: lists)
  func `its members have a fixed order and give the same waitlist`(list: Waitlist, members: [String], words: String) {
    #expect((list.members ?? []).map { "\($0.key)=\($0.value)" } == members)
    #expect(list.text() == words)
    guard let found = list.members else { return }
    #expect(Waitlist(members: found) == list)
    #expect(Waitlist(members: found.reversed()) == list)
  }

  @Test(
    arguments: [
      [], [("tags", "x")], [("device", "D1"), ("tag", "x")], [("device", "")], [("tag", "a"), ("tag", "b")],
      [("except", "")],
    ] as [[(key: String, value: String)]])
  func `other members are no waitlist`(members: [(key: String, value: String)]) {
    #expect(Waitlist(members: members) == nil)
  }
}

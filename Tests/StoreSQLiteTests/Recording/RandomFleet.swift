import Routing

/// A fleet that changes at random, as over hours of operation; its record must restore it exactly.
struct RandomFleet {
  private var random: SeededRandom
  private(set) var now = Instant(rfc3339: "2026-11-22T09:00:00Z")!
  private var members: [Fleet.Member]
  private var nextKey: Int64 = 1

  init(seed: UInt64, devices: Int) {
    random = SeededRandom(seed: seed)
    members = []
    for _ in 0..<devices { members.append(device()) }
  }

  var fleet: Fleet {
    Fleet(
      tenant: TenantID("acme")!, now: now,
      members: members.map {
        Fleet.Member(
          device: $0.device, sends: $0.sends, queued: $0.load.queued, inFlight: $0.load.inFlight,
          failuresHour: $0.load.failuresHour, at: now)
      })
  }

  /// Advances the time, mostly forward, and changes a few devices.
  mutating func step() {
    let jump: Int64 = chance(20) ? -7_200_000 : chance(10) ? 100_000_000 : 60_000
    now = now.advanced(byMilliseconds: jump > 0 ? Int64.random(in: 1...jump, using: &random) : jump)
    for index in members.indices where chance(3) { change(index) }
    if chance(30) { members.append(device()) }
    if chance(40), !members.isEmpty { members.remove(at: Int.random(in: members.indices, using: &random)) }
  }

  private mutating func change(_ index: Int) {
    members[index].load.queued = Int.random(in: 0...300, using: &random)
    members[index].load.inFlight = Int.random(in: 0...2, using: &random)
    if chance(5) { members[index].load.failuresHour = Int.random(in: 0...5, using: &random) }
    if chance(8) {
      members[index].device.status = [.online, .offline, .authFailed, .unknown].randomElement(using: &random)!
    }
    if chance(8) { members[index].device.pausedUntil = moment() }
    if chance(8) { members[index].device.name = text() }
    if chance(8) { members[index].device.lastSeenAt = moment() }
    if chance(8) { members[index].device.activatedAt = chance(3) ? nil : moment() }
    if chance(8) { members[index].device.attributes = attributes() }
    if chance(8) { members[index].device.limits.hour = chance(2) ? nil : Int.random(in: 0...Int.max, using: &random) }
    for _ in 0..<Int.random(in: 0...20, using: &random) {
      // Some sends arrive late, and some are ahead of the clock.
      let delay =
        chance(10)
        ? Int64.random(in: -5_000_000...90_000_000, using: &random) : Int64.random(in: 0...50, using: &random)
      let sent = now.advanced(byMilliseconds: -delay)
      members[index].sends.add(sent)
      members[index].device.lastSentAt = chance(4) ? moment() : sent
      members[index].device.nextSendAt = chance(4) ? nil : sent.advanced(bySeconds: 5)
    }
    if chance(2) { members[index].sends.forget(before: now) }
  }

  private mutating func device() -> Fleet.Member {
    nextKey += Int64.random(in: 1...100_000, using: &random)
    var device = Device(key: DeviceKey(nextKey), id: DeviceID("D\(nextKey)")!, name: text(), platform: text())
    device.tags = (0..<Int.random(in: 0...3, using: &random)).map { "\(text())\($0)" }
    device.limits = DeviceLimits(minute: chance(2) ? 3 : nil, hour: chance(2) ? 80 : nil, day: 800, queue: 50)
    return Fleet.Member(device: device, load: DeviceLoad())
  }

  private mutating func attributes() -> [Parameter] {
    let values: [Scalar] = [
      .text(text()), .boolean(true), .boolean(false), .integer(.min), .integer(7), .number(-0.0), .number(1e300),
    ]
    return (0..<Int.random(in: 0...3, using: &random)).map {
      Parameter("\(text())\($0)", values.randomElement(using: &random)!)
    }
  }

  private mutating func moment() -> Instant {
    chance(9)
      ? [.earliest, .latest].randomElement(using: &random)!
      : now.advanced(byMilliseconds: Int64.random(in: -1_000_000_000...1_000_000_000, using: &random))
  }

  private mutating func text() -> String {
    ["", "Sales 1", "Verkäufe Süd", "👩🏽‍🚀", "a\u{301}", String(repeating: "long ", count: 30)].randomElement(
      using: &random)!
  }

  private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
}

import Foundation
import Routing
import StoreSQL

/// Fleets of the devices d0, d1 and d2 that change at random, as lines of an export.
struct RandomFleets {
  private(set) var made: [(at: Instant, body: String)] = []
  private var fleet: Fleet?

  /// The next fleet: complete, or as a difference.
  mutating func step(_ random: inout SeededRandom) {
    let now = Instant(milliseconds: 1_795_338_000_000 + Int64(made.count) * 60_000)
    let members = (0..<3).map { place in
      let old = fleet?.members[place]
      var sends = old?.sends ?? RecentSends()
      if Bool.random(using: &random) { sends.add(now.advanced(bySeconds: Int64.random(in: -50...0, using: &random))) }
      var device = Device(key: DeviceKey(Int64(place + 1)), id: DeviceID("d\(place)")!)
      device.name = Bool.random(using: &random) ? "Ω" : "x"
      device.tags = ["a", "b"]
      device.attributes =
        Bool.random(using: &random) ? [] : [Parameter("zone", .text("Ω")), Parameter("n", .integer(7))]
      device.activatedAt = Instant(milliseconds: 1_790_000_000_000)
      device.limits.hour = 80
      device.lastSentAt = sends.last
      return Fleet.Member(
        device: device, sends: sends, queued: Int.random(in: 0...9, using: &random), inFlight: 0, failuresHour: 0,
        at: now)
    }
    let next = Fleet(tenant: TenantID("t")!, now: now, members: members)
    if let fleet, Int.random(in: 0..<4, using: &random) > 0,
      let changes = FleetFingerprint(fleet).changes(
        to: next, FleetFingerprint(next), recorded: { FleetCode.State(at: fleet.now, members: fleet.members) })
    {
      made.append((now, Data(FleetCode.difference(next, changes)).base64EncodedString()))
    } else {
      made.append((now, Data(FleetCode.keyframe(next)).base64EncodedString()))
    }
    fleet = next
  }
}

import LuaSandbox
import Routing
import Testing

@testable import Policies

/// A fleet's view must agree with the fleet, before and after each reservation.
struct FleetViewTests {
  @Test func `loads, headroom and order after each reservation equal those of the domain`() throws {
    var random = SeededRandom(seed: 11)
    func limit() -> Int? { Bool.random(using: &random) ? Int.random(in: 0...6, using: &random) : nil }
    let members = (0..<40).map { index in
      Fleet.Member(
        device: Device(
          key: DeviceKey(Int64(index * 3 + 7)), id: DeviceID("D\(index)")!,
          status: Bool.random(using: &random) ? .online : .offline,
          limits: DeviceLimits(minute: limit(), hour: limit(), day: limit(), queue: limit())),
        load: DeviceLoad(
          sentMinute: .random(in: 0...2, using: &random), sentHour: .random(in: 0...3, using: &random),
          sentDay: .random(in: 0...4, using: &random), queued: .random(in: 0...2, using: &random),
          inFlight: .random(in: 0...1, using: &random)))
    }
    var fleet = Fleet(tenant: TenantID("acme")!, now: Instant(milliseconds: 0), members: members)
    let view = FleetView(fleet)
    let schema = PolicyVocabulary.device
    let column = { (name: String) in view.table.column(schema.index(of: name)) }
    for round in 0..<200 {
      for position in 0..<fleet.count {
        let (device, load) = (fleet.members[position].device, fleet.load(position))
        let row = view.table.firstRow + position * view.table.wordsPerRow
        #expect(row[column("queued")] == load.queued, "round \(round)")
        #expect(row[column("headroom")] == load.headroom(under: device.limits))
        #expect(Double(bitPattern: UInt64(bitPattern: row[column("load")])) == load.share(under: device.limits))
        #expect((row[column("can_accept_more")] == 1) == (fleet.refusal(position) == nil))
        #expect(view.position(of: device.key) == position && view.position(of: device.id) == position)
      }
      let open = (0..<fleet.count).filter { fleet.refusal($0) == nil }
      let least = open.min { left, right in
        let order = { (place: Int) in
          let load = fleet.load(place)
          return (load.share(under: fleet.members[place].device.limits), load.outstanding, load.sentDay, place)
        }
        return order(left) < order(right)
      }
      #expect(view.table.least == least)
      let chosen = Int.random(in: 0..<fleet.count, using: &random)
      fleet.reserve(chosen)
      view.reserve(chosen)
    }
  }

  @Test func `an unknown key is not found`() {
    let fleet = Fleet(tenant: TenantID("acme")!, now: Instant(milliseconds: 0), members: [])
    #expect(FleetView(fleet).position(of: DeviceKey(1)) == nil)
  }
}

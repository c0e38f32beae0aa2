import CBaseline
import Routing

/// The devices and contacts of one measurement, the same for both sides.
struct DecisionScene {
  /// The contacts of one timed run, like the rows that a cycle has just read for a batch.
  static let batch = 1000
  private static let now = Instant(milliseconds: 1_764_000_000_000)
  /// More than any measurement reserves, so that devices never become full.
  private static let limit = 1_000_000
  private static let offlineEvery = 10

  let fleet: Fleet
  let baselineDevices: [baseline_device]
  private(set) var contacts: [Contact]
  private(set) var baselineContacts: [baseline_contact]
  private var random: SeededRandom

  init(devices count: Int, _ condition: FleetCondition, seed: UInt64) {
    let isOnline = { (place: Int) in condition == .online || place % DecisionScene.offlineEvery != 0 }
    fleet = Fleet(
      tenant: TenantID(stored: "bench"), now: DecisionScene.now,
      members: (0..<count).map { place in
        let device = Device(
          key: DeviceKey(Int64(place) + 1), id: DeviceID(stored: "D\(place + 1)"), platform: "whatsapp",
          status: isOnline(place) ? .online : .offline,
          limits: DeviceLimits(hour: DecisionScene.limit, day: DecisionScene.limit), tags: ["sales"])
        return Fleet.Member(device: device, load: DeviceLoad())
      })
    baselineDevices = (0..<count).map { place in
      let limit = Int64(DecisionScene.limit)
      return baseline_device(
        limits: (Int64.max, limit, limit, Int64.max), sent: (0, 0, 0, 0), is_online: isOnline(place))
    }
    baselineContacts = (0..<DecisionScene.batch).map { baseline_contact(step: Int64(1 + $0 % 2), device: -1) }
    contacts = []
    random = SeededRandom(seed: seed)
  }

  /// Assigns each contact to a random device of the whole fleet, so that a large fleet is not in the cache.
  mutating func shuffle() {
    contacts = (0..<DecisionScene.batch).map { index in
      let place = Int(random.next() % UInt64(fleet.count))
      baselineContacts[index].device = Int64(place)
      let device = fleet.members[place].device
      return Contact(
        id: ContactID(stored: "welcome/L\(index)"), phone: "+60\(100_000_000 + index)", name: "Lead \(index)",
        sequence: "welcome", step: 1 + index % 2, assignedDevice: device.id, assignedKey: device.key,
        dueAt: DecisionScene.now, tags: ["new"], attributes: [Parameter("city", .text("Penang"))])
    }
  }
}

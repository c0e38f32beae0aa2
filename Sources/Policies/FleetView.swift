import LuaSandbox
import Routing

/// A fleet as scripts read it: rows of memory that follow each reservation, and the order of the least loaded.
///
/// The order is by load, then by what the device owes and has sent today (which spreads work over devices without
/// limits), then by place.
final class FleetView {
  let table: RowTable
  let now: Instant
  /// Whether each device sends at all: online and not paused, which stay as they are for as long as a fleet lives.
  private let isOpen: [Bool]

  init(_ fleet: Fleet) {
    now = fleet.now
    isOpen = fleet.members.map { $0.device.status == .online && !$0.device.isPaused(at: fleet.now) }
    table = RowTable(schema: PolicyVocabulary.device, count: fleet.count, isOrdered: true)
    for position in 0..<fleet.count {
      let device = fleet.members[position].device
      table.setHead(position, id: device.id.text, group: device.platform, tags: device.tags)
      table.set(position, Column.id, device.id.text)
      table.set(position, Column.name, device.name)
      table.set(position, Column.status, device.status.rawValue)
      table.set(position, Column.online, device.status == .online)
      table.set(position, Column.limitMinute, device.limits.minute.map(Int64.init))
      table.set(position, Column.limitHour, device.limits.hour.map(Int64.init))
      table.set(position, Column.limitDay, device.limits.day.map(Int64.init))
      table.set(position, Column.limitInFlight, device.limits.inFlight.map(Int64.init))
      table.set(position, Column.lastSentAt, device.lastSentAt?.milliseconds)
      table.set(position, Column.lastSeenAt, device.lastSeenAt?.milliseconds)
      table.set(position, Column.tags, list: device.tags)
      table.set(position, Column.platform, device.platform)
      let load = fleet.members[position].load
      table.set(position, Column.sentMinute, Int64(load.sentMinute))
      table.set(position, Column.sentHour, Int64(load.sentHour))
      table.set(position, Column.sentDay, Int64(load.sentDay))
      table.set(position, Column.inFlight, Int64(load.inFlight))
      table.set(position, Column.failuresHour, Int64(load.failuresHour))
      write(position, load, device.limits, isBuilding: true)
    }
    table.buildOrder()
  }

  /// The place of a device in the fleet; nil for one that is not in it.
  func position(of device: DeviceID) -> Int? { table.row(id: device.text) }

  /// Takes over what a reservation made of a device's load.
  func update(_ position: Int, _ load: DeviceLoad, _ limits: DeviceLimits) {
    write(position, load, limits, isBuilding: false)
  }

  private func write(_ position: Int, _ load: DeviceLoad, _ limits: DeviceLimits, isBuilding: Bool) {
    let headroom = load.headroom(under: limits)
    let share = load.share(under: limits)
    let canAcceptMore = isOpen[position] && headroom > 0
    table.set(position, Column.queued, Int64(load.queued))
    table.set(position, Column.headroom, Int64(headroom))
    table.set(position, Column.load, share)
    table.set(position, Column.canAcceptMore, canAcceptMore)
    let minor = Int64(load.outstanding) << 24 | Int64(min(load.sentDay, 0xFF_FFFF))
    if isBuilding {
      table.setOrderUnbuilt(position, major: share, minor: minor, isEligible: canAcceptMore)
    } else {
      table.setOrder(position, major: share, minor: minor, isEligible: canAcceptMore)
    }
  }

  private enum Column {
    private static func place(_ name: String) -> Int { PolicyVocabulary.device.index(of: name) }
    static let id = place("id")
    static let name = place("name")
    static let status = place("status")
    static let online = place("online")
    static let canAcceptMore = place("can_accept_more")
    static let sentMinute = place("sent_minute")
    static let sentHour = place("sent_hour")
    static let sentDay = place("sent_day")
    static let queued = place("queued")
    static let inFlight = place("in_flight")
    static let limitMinute = place("limit_minute")
    static let limitHour = place("limit_hour")
    static let limitDay = place("limit_day")
    static let limitInFlight = place("limit_in_flight")
    static let headroom = place("headroom")
    static let load = place("load")
    static let lastSentAt = place("last_sent_at")
    static let lastSeenAt = place("last_seen_at")
    static let failuresHour = place("failures_hour")
    static let tags = place("tags")
    static let platform = place("platform")
  }
}

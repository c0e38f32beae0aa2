import LuaSandbox
import Routing

/// A fleet as scripts read it: rows in memory, updated by each reservation, and the order of the least loaded devices.
///
/// The order is by load, then by outstanding messages, then by messages sent in 24 hours (which spreads work over devices
/// without limits), then by position.
final class FleetView {
  let table: RowTable
  let now: Instant
  private let keys: DevicePositions
  private let columns: Columns
  private let firstRow: RowAddress
  private let wordsPerRow: Int
  private let isLarge: Bool
  /// The last prefetched keys, in a ring; 0 is no device's key.
  private let prefetched: UnsafeMutablePointer<Int64>
  @exclusivity(unchecked) private var nextPrefetched = 0
  private static let prefetchedCount = 4
  /// From this size on, a fleet does not fit into the processor's inner caches: a row takes a third of a kilobyte.
  private static let largeCount = 2000

  /// Without `showsAttributes`, attributes are left empty, for policies that cannot read them. Copying them costs a copy
  /// of each text.
  init(_ fleet: Fleet, showsAttributes: Bool = true) {
    now = fleet.now
    table = RowTable(schema: PolicyVocabulary.device, count: fleet.count, isOrdered: true)
    keys = DevicePositions(fleet.members.map(\.device.key))
    columns = Columns(table)
    firstRow = table.firstRow
    wordsPerRow = table.wordsPerRow
    isLarge = fleet.count >= FleetView.largeCount
    prefetched = .allocate(capacity: FleetView.prefetchedCount)
    prefetched.initialize(repeating: 0, count: FleetView.prefetchedCount)
    for position in 0..<fleet.count {
      show(fleet.members[position].device, at: position)
      show(fleet.load(position), at: position)
      if showsAttributes { show(attributes: fleet.members[position].device.attributes, at: position) }
      let isOpen = fleet.refusal(position) == nil
      refresh(address(position), isOpen: isOpen) { share, minor, canAcceptMore in
        table.setOrderUnbuilt(position, major: share, minor: minor, isEligible: canAcceptMore)
      }
    }
    table.buildOrder()
    table.utcOffsetMinutes = Int64(fleet.utcOffsetMinutes)
  }

  deinit { prefetched.deallocate() }

  private func show(_ device: Device, at position: Int) {
    let row = address(position)
    table.setHead(position, id: device.id.text, group: device.platform, tags: device.tags)
    table.set(position, Column.id, device.id.text)
    table.set(position, Column.name, device.name)
    table.set(position, Column.status, device.status.rawValue)
    table.set(position, Column.online, device.status == .online)
    table.set(position, Column.lastSentAt, device.lastSentAt?.milliseconds)
    table.set(position, Column.lastSeenAt, device.lastSeenAt?.milliseconds)
    table.set(position, Column.ageDays, device.ageDays(at: now))
    table.set(position, Column.tags, list: device.tags)
    table.set(position, Column.platform, device.platform)
    row[columns.limitMinute] = device.limits.minute.rowInteger
    row[columns.limitHour] = device.limits.hour.rowInteger
    row[columns.limitDay] = device.limits.day.rowInteger
    row[columns.limitQueue] = device.limits.queue.rowInteger
  }

  private func show(attributes: [Parameter], at position: Int) {
    guard !attributes.isEmpty else { return }
    let entries = table.setMap(position, Column.attributes, count: attributes.count)
    for (index, attribute) in attributes.enumerated() {
      table.set(entries, index, attribute.name, RowScalar(attribute.value))
    }
  }

  private func show(_ load: DeviceLoad, at position: Int) {
    let row = address(position)
    row[columns.sentMinute] = Int64(load.sentMinute)
    row[columns.sentHour] = Int64(load.sentHour)
    row[columns.sentDay] = Int64(load.sentDay)
    row[columns.queued] = Int64(load.queued)
    row[columns.inFlight] = Int64(load.inFlight)
    table.set(position, Column.failuresHour, Int64(load.failuresHour))
  }

  private func address(_ position: Int) -> RowAddress { firstRow + position * wordsPerRow }

  /// The position of a device in the fleet; nil if the fleet does not contain it.
  func position(of device: DeviceID) -> Int? { table.row(id: device.text) }
  func position(of device: DeviceKey) -> Int? { keys[device] }

  /// The position of a contact's assigned device; nil if none is assigned, or the fleet does not contain it.
  func position(assignedTo contact: Contact) -> Int? {
    if let key = contact.assignedKey { return position(of: key) }
    if let id = contact.assignedDevice { return position(of: id) }
    return nil
  }

  /// Prefetches the memory for a decision about a contact of this device, in two steps: first the slot with the device's
  /// position, and some contacts later, when the slot has arrived, the device's row. Skipped for a small fleet, which is
  /// in the caches anyway. Returns the position whose row was prefetched by this call.
  func prefetch(_ device: DeviceKey) -> Int? {
    guard isLarge else { return nil }
    keys.prefetch(device)
    let earlier = prefetched[nextPrefetched]
    prefetched[nextPrefetched] = device.raw
    nextPrefetched = (nextPrefetched + 1) & (FleetView.prefetchedCount - 1)
    guard let position = keys[DeviceKey(earlier)] else { return nil }
    table.prefetch(position)
    return position
  }

  /// Counts one more message as queued on a device.
  func reserve(_ position: Int) {
    let row = address(position)
    row[columns.queued] += 1
    // A device that cannot accept more stays so while the fleet lives: a reservation never frees capacity.
    refresh(row, isOpen: row[columns.canAcceptMore] != 0) { share, minor, canAcceptMore in
      table.setOrder(position, major: share, minor: minor, isEligible: canAcceptMore)
    }
  }

  /// Writes the fields that depend on a device's load, and passes its rank to `order`. Repeats the computations of
  /// `DeviceLoad.headroom` and `share` without a call, because every decision does this.
  @inline(__always)
  private func refresh(_ row: RowAddress, isOpen: Bool, order: (Double, Int64, Bool) -> Void) {
    let outstanding = row[columns.queued] + row[columns.inFlight]
    var (headroom, share) = (Int64(Int.max), 0.0)
    func count(_ sent: Int64, under limit: Int64) {
      guard limit != Int64.min else { return }
      let used = sent + outstanding
      headroom = min(headroom, limit - used)
      share = max(share, used >= limit ? 1 : Double(used) / Double(limit))
    }
    count(row[columns.sentMinute], under: row[columns.limitMinute])
    count(row[columns.sentHour], under: row[columns.limitHour])
    count(row[columns.sentDay], under: row[columns.limitDay])
    count(0, under: row[columns.limitQueue])
    headroom = max(headroom, 0)
    let canAcceptMore = isOpen && headroom > 0
    row[columns.headroom] = headroom
    row[columns.load] = Int64(bitPattern: share.bitPattern)
    row[columns.canAcceptMore] = canAcceptMore ? 1 : 0
    order(share, outstanding << 24 | min(row[columns.sentDay], 0xFF_FFFF), canAcceptMore)
  }

  /// The fields that each reservation changes or reads.
  private struct Columns {
    let canAcceptMore: RowColumn
    let queued: RowColumn
    let headroom: RowColumn
    let load: RowColumn
    let sentMinute: RowColumn
    let sentHour: RowColumn
    let sentDay: RowColumn
    let inFlight: RowColumn
    let limitMinute: RowColumn
    let limitHour: RowColumn
    let limitDay: RowColumn
    let limitQueue: RowColumn

    init(_ table: RowTable) {
      canAcceptMore = table.column(Column.canAcceptMore)
      queued = table.column(Column.queued)
      headroom = table.column(Column.headroom)
      load = table.column(Column.load)
      sentMinute = table.column(Column.sentMinute)
      sentHour = table.column(Column.sentHour)
      sentDay = table.column(Column.sentDay)
      inFlight = table.column(Column.inFlight)
      limitMinute = table.column(Column.limitMinute)
      limitHour = table.column(Column.limitHour)
      limitDay = table.column(Column.limitDay)
      limitQueue = table.column(Column.limitQueue)
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
    static let limitQueue = place("limit_queue")
    static let headroom = place("headroom")
    static let load = place("load")
    static let lastSentAt = place("last_sent_at")
    static let lastSeenAt = place("last_seen_at")
    static let failuresHour = place("failures_hour")
    static let ageDays = place("age_days")
    static let attributes = place("attributes")
    static let tags = place("tags")
    static let platform = place("platform")
  }
}

extension Int? {
  fileprivate var rowInteger: Int64 { map(Int64.init) ?? Int64.min }
}

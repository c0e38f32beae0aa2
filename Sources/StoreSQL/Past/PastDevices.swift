import Routing

/// The devices at a past time, as far as it is on record.
///
/// Each cycle records the fleet it uses. A value was unchanged in between if the record before that time and the next
/// one (or the current row) have the same value; recorded events add the changes in between and their times. Any other
/// value is unknown: the device has its current value, and `facts` leaves it out.
struct PastDevices {
  struct Line {
    var tenant: TenantID
    var device: Device
    var facts: DeviceFacts
  }

  private struct Side {
    var at: Instant
    var devices: [DeviceKey: Device]
  }

  private let db: any SQLConnection
  private let moment: Instant
  private let events: [DeviceKey: [Event]]

  private struct Event {
    let at: Instant
    let fact: DeviceFacts
    let kind: String
    let detail: String

    init?(_ row: SQLRow) {
      let kind: String = row["kind"]
      guard let fact = Event.facts[kind] else { return nil }
      (self.kind, self.fact) = (kind, fact)
      (at, detail) = (Instant(milliseconds: row["at"]), row["detail"])
    }

    private static let facts: [String: DeviceFacts] = [
      "paused": .pause, "resumed": .pause, "status": .status, "retired": .status,
    ]

    /// The status that the event set, as in `online to offline: unplugged`.
    var status: DeviceStatus? {
      if kind == "retired" { return .retired }
      return detail.prefix { $0 != ":" }.split(separator: " ").last.flatMap { DeviceStatus(rawValue: String($0)) }
    }

    /// The end of the pause that the event began, as in `until 2026-11-22T10:00:00Z: review`. Nil if the event does not
    /// say; the inner value is nil if the event ended a pause.
    var pause: Instant?? {
      if kind == "resumed" { return .some(nil) }
      guard detail.hasPrefix("until ") else { return nil }
      let time = detail.dropFirst("until ".count).prefix { $0 != " " }
      return Instant(rfc3339: String(time.last == ":" ? time.dropLast() : time)).map { .some($0) }
    }
  }

  /// Walks over the devices' events.
  init(_ db: any SQLConnection, at moment: Instant) throws {
    (self.db, self.moment) = (db, moment)
    var events: [DeviceKey: [Event]] = [:]
    try db.each("SELECT device_id, kind, at, detail FROM device_events ORDER BY id") { row in
      let device: Int64 = row["device_id"]
      if let event = Event(row) { events[DeviceKey(device), default: []].append(event) }
    }
    self.events = events
  }

  /// The devices that existed, by tenant and key. Reads two fleet records for each tenant, with the differences that
  /// lead to them.
  func lines() throws -> [Line] {
    let knowsCreation = try PastRecord(db).knowsCreation(in: "user_devices", at: moment)
    let statements = try RecordStatements(db)
    var (lines, tenant, sides): ([Line], TenantKey?, (before: Side?, after: Side?)) = ([], nil, (nil, nil))
    let sql = """
      SELECT \(DeviceRow.columns), t.id AS tenant_id, t.external_id AS tenant
      FROM user_devices d JOIN tenants t ON t.id = d.tenant_id
      WHERE d.created_at <= ?1 OR ?2 = 0 ORDER BY t.id, d.id
      """
    try db.each(sql, [moment.milliseconds, knowsCreation]) { row in
      let key = TenantKey(row["tenant_id"])
      if key != tenant {
        tenant = key
        sides = (
          try side(of: key, "at <= ?2 ORDER BY id DESC", statements),
          try side(of: key, "at > ?2 ORDER BY id", statements)
        )
      }
      lines.append(line(DeviceRow.device(row), TenantID(stored: row["tenant"]), sides))
    }
    return lines
  }

  /// Nil also for a record that cannot be read.
  private func side(of tenant: TenantKey, _ condition: String, _ statements: RecordStatements) throws -> Side? {
    let sql = "SELECT id FROM fleet_records WHERE tenant_id = ?1 AND \(condition) LIMIT 1"
    guard let record = try db.value(sql, [tenant.raw, moment.milliseconds], as: Int64.self) else { return nil }
    var reader = FleetReader(statements)
    do {
      let state = try reader.read(record, of: tenant)
      let devices = state.members.map { ($0.device.key, $0.device) }
      return Side(at: state.at, devices: Dictionary(devices, uniquingKeysWith: { $1 }))
    } catch is UnreadableRecord { return nil }
  }

  private func line(_ present: Device, _ tenant: TenantID, _ sides: (before: Side?, after: Side?)) -> Line {
    let before = sides.before?.devices[present.key]
    var after = present
    if let side = sides.after {
      if let recorded = side.devices[present.key] { after = recorded } else { after.status = .retired }
    }
    let range = (from: sides.before?.at ?? .earliest, to: sides.after?.at ?? .latest)
    var line = Line(tenant: tenant, device: present, facts: [])
    func find<Value: Equatable>(
      _ fact: DeviceFacts, _ value: (Device) -> Value, begunBy: (Event) -> Value?, set: (inout Device, Value) -> Void
    ) {
      // An event with the same time as the record may be later than it.
      let changes = (events[present.key] ?? []).filter { $0.fact == fact && $0.at >= range.from && $0.at <= range.to }
      let last = changes.last { $0.at <= moment }
      let isChangedLater = changes.contains { $0.at > moment }
      var found: Value?
      if let last {
        found = isChangedLater ? begunBy(last) : value(after)
      } else if let before, isChangedLater || value(before) == value(after) {
        found = value(before)
      }
      guard let found else { return }
      set(&line.device, found)
      line.facts.insert(fact)
    }
    let moment = moment
    // A pause that had ended by then counts as none.
    let current = { (pause: Instant?) in pause.flatMap { $0 > moment ? $0 : nil } }
    find(.status, { $0.status }, begunBy: { $0.status }, set: { $0.status = $1 })
    find(.pause, { current($0.pausedUntil) }, begunBy: { $0.pause.map(current) }, set: { $0.pausedUntil = $1 })
    find(.limits, { $0.limits }, begunBy: { _ in nil }, set: { $0.limits = $1 })
    return line
  }
}

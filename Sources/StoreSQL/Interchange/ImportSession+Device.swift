import Routing
import Wire

private enum DeviceColumn: Int, DraftColumn {
  case name, phone, platform, status, pausedUntil, pauseReason, gateway
  case limitMinute, limitHour, limitDay, limitInFlight, paceMin, paceMax
  case tags, lastSeenAt, lastSentAt, nextSendAt, createdAt

  var expression: String {
    switch self {
    case .name: "device_name"
    case .phone: "phone"
    case .platform: "platform"
    case .status: "status"
    case .pausedUntil: "paused_until"
    case .pauseReason: "pause_reason"
    case .gateway: "gateway"
    case .limitMinute: "limit_minute"
    case .limitHour: "limit_hour"
    case .limitDay: "limit_day"
    case .limitInFlight: "limit_in_flight"
    case .paceMin: "pace_min_s"
    case .paceMax: "pace_max_s"
    case .tags: "tags"
    case .lastSeenAt: "last_seen_at"
    case .lastSentAt: "last_sent_at"
    case .nextSendAt: "next_send_at"
    case .createdAt: "created_at"
    }
  }

  /// What a person sets, other than the status.
  static let audited: [(column: DeviceColumn, name: String, format: Draft<DeviceColumn>.Format)] = [
    (.name, "name", .quoted), (.phone, "phone", .plain), (.platform, "platform", .quoted),
    (.pausedUntil, "paused_until", .instant), (.pauseReason, "pause_reason", .quoted), (.gateway, "gateway", .plain),
    (.limitMinute, "limits.minute", .plain), (.limitHour, "limits.hour", .plain), (.limitDay, "limits.day", .plain),
    (.limitInFlight, "limits.in_flight", .plain), (.paceMin, "pace_s least", .plain), (.paceMax, "pace_s most", .plain),
    (.tags, "tags", .plain),
  ]
}

/// The fields of a device line.
private struct DeviceFields {
  var name, phone, platform, pauseReason, gateway: Named<String>
  var status: String?
  var pausedUntil, lastSeenAt, lastSentAt, nextSendAt: Named<Int64>
  var limits: Limits?
  var pace: Named<(Double, Double)>
  var tags: Named<[String]>
  var createdAt: Int64?

  struct Limits: Sendable {
    var minute, hour, day, inFlight: Named<Int>
    static let none = Limits(minute: .null, hour: .null, day: .null, inFlight: .null)
  }

  init(_ reader: inout JSONReader) throws(FieldError) {
    name = try reader.named("name") { (r, k) throws(FieldError) in
      try r.label(k, hint: "leave the key out to call the device by its id")
    }
    phone = try reader.named("phone") { (r, k) throws(FieldError) in try r.phone(k) }
    status = try reader.given("status") { (r, k) throws(FieldError) in
      try r.oneOf(k, DeviceStatus.allCases.map(\.rawValue))
    }
    gateway = try reader.named("gateway") { (r, k) throws(FieldError) in
      try r.label(k, hint: "leave the key out for 'log'")
    }
    platform = try reader.named("platform") { (r, k) throws(FieldError) in try r.text(k) }
    limits = try DeviceFields.limits(&reader)
    pace = try reader.named("pace_s") { (r, k) throws(FieldError) in try r.pace(k) }
    tags = try reader.named("tags") { (r, k) throws(FieldError) in try r.labels(k) }
    pausedUntil = try reader.named("paused_until") { (r, k) throws(FieldError) in try r.instant(k) }
    pauseReason = try reader.named("pause_reason") { (r, k) throws(FieldError) in try r.text(k) }
    lastSeenAt = try reader.named("last_seen_at") { (r, k) throws(FieldError) in try r.instant(k) }
    lastSentAt = try reader.named("last_sent_at") { (r, k) throws(FieldError) in try r.instant(k) }
    nextSendAt = try reader.named("next_send_at") { (r, k) throws(FieldError) in try r.instant(k) }
    createdAt = try reader.given("created_at") { (r, k) throws(FieldError) in try r.instant(k) }
  }

  private static func limits(_ reader: inout JSONReader) throws(FieldError) -> Limits? {
    guard reader.presence(of: "limits") != .absent else { return nil }
    guard var limits = try reader.optionalObject("limits") else { return Limits.none }
    let read = { (r: inout JSONReader, k: String) throws(FieldError) -> Int in try r.whole(k) }
    let result = Limits(
      minute: try limits.named("minute", read), hour: try limits.named("hour", read),
      day: try limits.named("day", read), inFlight: try limits.named("in_flight", read))
    try limits.finish()
    return result
  }
}

extension ImportSession {
  mutating func applyDevice(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let id = try reader.identifier("id")
    let fields = try DeviceFields(&reader)
    try reader.finish()

    let owner: SQLArguments = [tenants[tenant].key, id]
    var draft = try find(DeviceSQL.find, owner) ?? newDevice(id)
    draft.set(.name, fields.name, cleared: id.sqlValue)
    draft.set(.phone, fields.phone)
    draft.set(.platform, fields.platform, cleared: "".sqlValue)
    if let status = fields.status { draft[.status] = status.sqlValue }
    draft.set(.pausedUntil, fields.pausedUntil)
    draft.set(.pauseReason, fields.pauseReason)
    draft.set(.gateway, fields.gateway, cleared: "log".sqlValue)
    if let limits = fields.limits {
      draft.set(.limitMinute, limits.minute)
      draft.set(.limitHour, limits.hour)
      draft.set(.limitDay, limits.day)
      draft.set(.limitInFlight, limits.inFlight)
    }
    draft.set(.paceMin, fields.pace.map(\.0), cleared: 0.0.sqlValue)
    draft.set(.paceMax, fields.pace.map(\.1), cleared: 0.0.sqlValue)
    if !fields.tags.isAbsent { draft.setJSON(.tags, .array((fields.tags.value ?? []).map(JSONValue.string))) }
    draft.set(.lastSeenAt, fields.lastSeenAt)
    draft.set(.lastSentAt, fields.lastSentAt)
    draft.set(.nextSendAt, fields.nextSendAt)
    if let createdAt = fields.createdAt { draft[.createdAt] = createdAt.sqlValue }

    try checkRetirement(draft, reader)
    let (key, change) = try write(draft, owner: owner, insert: DeviceSQL.insert, update: DeviceSQL.update)
    if !draft.isNew, draft.differs(.status) { try recordStatus(draft, key, tenant) }
    // The status is in the device's own history.
    if change == .updated { try record(draft.changes(DeviceColumn.audited), of: "device \(id)", tenant) }
    tenants[tenant].devices[Array(id.utf8)] = key
    return change
  }

  /// A device's state has a history, whoever changes it.
  private func recordStatus(_ draft: Draft<DeviceColumn>, _ device: Int64, _ tenant: Int) throws {
    let (old, new) = (draft.before(.status).asText ?? "", draft[.status].asText ?? "")
    try DeviceEventEntry(
      tenant: tenants[tenant].key, device: device, kind: "status",
      detail: "\(old) to \(new): \(audit?.origin.reason ?? "imported")", actor: audit?.origin.actor ?? "import",
      at: Instant(milliseconds: now)
    ).record(in: db)
  }

  /// A retired device never sends again: what is assigned to it would wait for good.
  private func checkRetirement(_ draft: Draft<DeviceColumn>, _ reader: JSONReader) throws {
    let retired = DeviceStatus.retired.rawValue.sqlValue
    if !draft.isNew, draft.differs(.status), draft.before(.status) == retired {
      throw reader.failure(
        "status", expected: "'retired', which is for good", hint: "import the number as a new device, with another id")
    }
    guard let key = draft.key, draft.differs(.status), draft[.status] == retired,
      let open: Int = try value(DeviceSQL.countOpen, [key]), open > 0
    else { return }
    throw reader.failure(
      "status", expected: "a device without open enrolments to be retired (\(open) are assigned to it)",
      hint: "assign them to other devices first")
  }

  private func newDevice(_ id: String) -> Draft<DeviceColumn> {
    Draft(new: [
      id, nil, "", DeviceStatus.online.rawValue, nil, nil, "log", nil, nil, nil, nil, 0.0, 0.0, "[]", nil, nil, nil,
      now,
    ])
  }
}

private enum DeviceSQL {
  static let find = "SELECT \(DeviceColumn.stored) FROM user_devices WHERE tenant_id = ?1 AND external_id = ?2"
  static let insert = DeviceColumn.insert(into: "user_devices", owner: ["tenant_id", "external_id"])
  static let update = DeviceColumn.update("user_devices")
  static let countOpen = """
    SELECT count(*) FROM sequence_contacts WHERE assigned_device_id = ?1 AND ended_at IS NULL
    """
}

extension JSONReader {
  /// Two bounds in seconds, or one number for both.
  fileprivate mutating func pace(_ key: String) throws(FieldError) -> (Double, Double) {
    let expected = "a pace in seconds: [least, most] with 0 ≤ least ≤ most ≤ 86400, or one number"
    let bounds: [JSONValue]
    switch value(key) {
    case .array(let elements)?: bounds = elements
    case let single?: bounds = [single, single]
    case nil: bounds = []
    }
    let seconds = bounds.compactMap { (bound) -> Double? in
      switch bound {
      case .integer(let number): Double(number)
      case .number(let number): number
      default: nil
      }
    }
    guard bounds.count == 2, seconds.count == 2,
      Pace(minimumSeconds: seconds[0], maximumSeconds: seconds[1]) != nil
    else {
      let found = bounds.isEmpty ? "no bounds" : bounds.map(\.briefly).joined(separator: " and ")
      throw FieldError(path: path(of: key), expected: expected, found: found)
    }
    return (seconds[0], seconds[1])
  }
}

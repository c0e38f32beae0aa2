import Routing
import Wire

/// The columns of a device in export order.
enum DeviceColumn: Int, CarriedColumn {
  case name, phone, status, gateway, platform, limitMinute, limitHour, limitDay, limitQueue, paceMin, paceMax
  case tags, attributes, pausedUntil, pauseReason, lastSeenAt, lastSentAt, nextSendAt, createdAt, activatedAt

  var expression: String { self == .name ? "device_name" : carried.name }

  var carried: Carried {
    switch self {
    case .name:
      Carried("name", .label(hint: "leave the key out to use the id as the name"), audited: .quoted)
    case .phone: Carried("phone", .phone, audited: .plain)
    case .status:
      // Not audited: the device's own history has it.
      Carried(
        "status", .word(DeviceStatus.allCases.map(\.rawValue)), standard: DeviceStatus.online.rawValue.sqlValue,
        mayBeNull: false)
    case .gateway:
      Carried("gateway", .label(hint: "leave the key out for 'log'"), standard: "log".sqlValue, audited: .plain)
    case .platform: Carried("platform", .text, standard: "".sqlValue, audited: .quoted)
    case .limitMinute: DeviceColumn.limit("minute")
    case .limitHour: DeviceColumn.limit("hour")
    case .limitDay: DeviceColumn.limit("day")
    case .limitQueue: DeviceColumn.limit("queue", formerly: "in_flight")
    case .paceMin: DeviceColumn.pace("pace_min_s", 0, "least")
    case .paceMax: DeviceColumn.pace("pace_max_s", 1, "most")
    case .tags: Carried("tags", .labels, standard: "[]".sqlValue, audited: .plain)
    case .attributes: Carried("attributes", .scalars, standard: "{}".sqlValue, audited: .plain)
    case .pausedUntil: Carried("paused_until", .instant, audited: .instant)
    case .pauseReason: Carried("pause_reason", .text, audited: .quoted)
    case .lastSeenAt: Carried("last_seen_at", .instant)
    case .lastSentAt: Carried("last_sent_at", .instant)
    case .nextSendAt: Carried("next_send_at", .instant)
    case .createdAt: Carried("created_at", .instant, mayBeNull: false)
    case .activatedAt: Carried("activated_at", .instant, audited: .instant)
    }
  }

  private static func limit(_ window: String, formerly former: String? = nil) -> Carried {
    var limit = Carried(
      "limit_\(window)", .count, at: .member(of: "limits", window), audited: ("limits.\(window)", .plain))
    limit.former = former.map { (column: "limit_\($0)", key: $0) }
    return limit
  }

  private static func pace(_ name: String, _ place: Int, _ bound: String) -> Carried {
    Carried(
      name, .seconds, at: .element(of: "pace_s", place), standard: 0.0.sqlValue, audited: ("pace_s \(bound)", .plain))
  }

  /// The columns that a person sets, except the status.
  static let audited = allCases.compactMap { column in
    column.carried.audited.map { (column: column, name: $0.name, format: $0.format) }
  }
}

extension ImportSession {
  mutating func applyDevice(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let id = try reader.identifier("id")
    let stated = try StatedColumns<DeviceColumn>(&reader)
    try reader.finish()
    formerKeys += stated.formerKeys

    let owner: SQLArguments = [tenants[tenant].key, id]
    var draft = try find(DeviceSQL.find, owner) ?? newDevice(id)
    stated.set(in: &draft, other: [.name: id.sqlValue])
    // The row is new, or the line has null.
    if draft[.activatedAt].isNull { draft[.activatedAt] = firstSeen(draft) }

    try checkRetirement(draft, reader)
    let (key, change) = try write(draft, owner: owner, insert: DeviceSQL.insert, update: DeviceSQL.update)
    if !draft.isNew, draft.differs(.status) { try recordStatus(draft, key, tenant) }
    // The device's own history has the status.
    if change == .updated { try record(draft.changes(DeviceColumn.audited), of: "device \(id)", tenant) }
    tenants[tenant].devices[Array(id.utf8)] = key
    if draft.isNew || draft.changesAny(of: DeviceColumn.ending) {
      try causes.add(device: key, of: tenants[tenant].key, in: db)
    }
    return change
  }

  /// Every change of a device's status goes into its history, whoever makes it.
  private func recordStatus(_ draft: Draft<DeviceColumn>, _ device: Int64, _ tenant: Int) throws {
    let (old, new) = (draft.before(.status).asText ?? "", draft[.status].asText ?? "")
    try DeviceEventEntry(
      tenant: tenants[tenant].key, device: device, kind: "status",
      detail: "\(old) to \(new): \(audit?.origin.reason ?? "imported")", actor: audit?.origin.actor ?? "import",
      at: Instant(milliseconds: now)
    ).record(in: db)
  }

  /// A retired device never sends again; enrolments assigned to it would wait forever.
  private func checkRetirement(_ draft: Draft<DeviceColumn>, _ reader: JSONReader) throws {
    let retired = DeviceStatus.retired.rawValue.sqlValue
    if !draft.isNew, draft.differs(.status), draft.before(.status) == retired {
      throw reader.failure(
        "status", expected: "'retired', which is permanent", hint: "import the number as a new device, with another id")
    }
    guard let key = draft.key, draft.differs(.status), draft[.status] == retired,
      let open: Int = try value(DeviceSQL.countOpen, [key]), open > 0
    else { return }
    throw reader.failure(
      "status", expected: "no open enrolments on a device to be retired (\(open) are assigned to it)",
      hint: "assign them to other devices first")
  }

  /// The earliest time known for a device.
  private func firstSeen(_ draft: Draft<DeviceColumn>) -> SQLValue {
    [DeviceColumn.createdAt, .lastSeenAt, .lastSentAt].compactMap { draft[$0].asInteger }.min().sqlValue
  }

  private func newDevice(_ id: String) -> Draft<DeviceColumn> {
    var draft = Draft(new: SQLArguments(DeviceColumn.allCases.map(\.carried.standard))) as Draft<DeviceColumn>
    draft[.name] = id.sqlValue
    draft[.createdAt] = now.sqlValue
    return draft
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

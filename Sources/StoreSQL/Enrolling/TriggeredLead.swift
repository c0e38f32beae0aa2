import Routing

/// An open trigger with its lead.
struct TriggeredLead {
  let trigger: Int64
  let name: String
  /// When the trigger was set.
  let createdAt: Instant
  let lead: Int64
  let phone: String
  let id: String
  private let leadName: String?
  private let tags: String
  private let attributes: String
  private let device: String?
  private let zone: String?

  /// The oldest open triggers of a tenant with one of `names`, at most `limit`. Skips leads that opted out.
  ///
  /// Reads the index `lead_triggers_open` for each name up to `limit`, so the cost does not grow with the number of
  /// open triggers.
  static func oldest(
    _ names: Set<String>, of tenant: TenantKey, limit: Int, at now: Instant, in db: any SQLConnection
  ) throws -> [TriggeredLead] {
    let sql = """
      SELECT t.id, t.trigger, t.created_at, l.id AS lead_key, l.phone, l.external_id AS lead, l.name, l.tags, l.attributes,
        d.external_id AS device, l.time_zone
      FROM lead_triggers t INDEXED BY lead_triggers_open
      JOIN leads l ON l.id = t.lead_id
      LEFT JOIN user_devices d ON d.id = l.device_id
      WHERE t.tenant_id = ?1 AND t.trigger = ?2 AND t.consumed_at IS NULL
        AND (t.next_at IS NULL OR t.next_at <= ?3) AND l.opted_out_at IS NULL
      ORDER BY t.id LIMIT ?4
      """
    var found: [TriggeredLead] = []
    for name in names.sorted() {
      found += try db.all(sql, [tenant.raw, name, now.milliseconds, limit], TriggeredLead.init)
    }
    found.sort { $0.trigger < $1.trigger }
    return Array(found.prefix(limit))
  }

  private init(_ row: SQLRow) {
    (trigger, name) = (row["id"], row["trigger"])
    createdAt = Instant(milliseconds: row["created_at"])
    (lead, phone, id) = (row["lead_key"], row["phone"], row["lead"])
    (leadName, tags, attributes) = (row["name"], row["tags"], row["attributes"])
    (device, zone) = (row["device"], row["time_zone"])
  }

  /// The lead as a policy sees it.
  func lead(for sequence: MatchedSequence, zones: any ZoneOffsets, at now: Instant) throws(UnreadableRow) -> Lead {
    Lead(
      id: id, phone: phone, name: leadName, sequence: sequence.id, trigger: name,
      device: device.map(DeviceID.init(stored:)), tags: try JSONText.texts(tags, "tags"),
      attributes: try JSONText.parameters(attributes, "attributes"),
      utcOffsetMinutes: zone.map { zones.minutes(of: $0, at: now) })
  }
}

internal import GRDB
import Routing

/// An open trigger with its lead.
struct TriggeredLead {
  let trigger: Int64
  let name: String
  let lead: Int64
  let phone: String
  private let row: Row

  /// The oldest open triggers of a tenant called one of `names`, at most `limit`; leads that opted out are left alone.
  ///
  /// Each name is walked along the index `lead_triggers_open`, so that a long queue costs no more than a short one.
  static func oldest(_ names: Set<String>, of tenant: TenantKey, limit: Int, at now: Instant, in db: Database)
    throws
    -> [TriggeredLead]
  {
    let sql = """
      SELECT t.id, t.trigger, l.id, l.phone, l.external_id, l.name, l.tags, l.attributes, d.external_id,
        l.time_zone
      FROM lead_triggers t INDEXED BY lead_triggers_open
      JOIN leads l ON l.id = t.lead_id
      LEFT JOIN user_devices d ON d.id = l.device_id
      WHERE t.tenant_id = ? AND t.trigger = ? AND t.consumed_at IS NULL
        AND (t.next_at IS NULL OR t.next_at <= ?) AND l.opted_out_at IS NULL
      ORDER BY t.id LIMIT ?
      """
    var found: [TriggeredLead] = []
    for name in names.sorted() {
      found += try Row.fetchAll(
        db.cachedStatement(sql: sql), arguments: [tenant.raw, name, now.milliseconds, limit]
      ).map(TriggeredLead.init)
    }
    found.sort { $0.trigger < $1.trigger }
    return Array(found.prefix(limit))
  }

  private init(_ row: Row) {
    (trigger, name, lead, phone) = (row[0], row[1], row[2], row[3])
    self.row = row
  }

  var id: String { row[4] }

  /// The lead as a policy sees it.
  func lead(for sequence: MatchedSequence, zones: any ZoneOffsets, at now: Instant) throws(UnreadableRow) -> Lead {
    let (device, zone): (String?, String?) = (row[8], row[9])
    return Lead(
      id: id, phone: phone, name: row[5], sequence: sequence.id, trigger: name,
      device: device.map(DeviceID.init(stored:)), tags: try JSONText.texts(row[6], "tags"),
      attributes: try JSONText.parameters(row[7], "attributes"),
      utcOffsetMinutes: zone.map { zones.minutes(of: $0, at: now) })
  }
}

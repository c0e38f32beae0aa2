import Routing

extension SimulationStateReader {
  /// The waitlists of all tenants by their rows.
  func waitlists() throws -> [Int64: Waitlist] {
    var lists: [Int64: Waitlist] = [:]
    try db.each(
      """
      SELECT w.id, d.external_id AS device, w.filter
      FROM waitlists w LEFT JOIN user_devices d ON d.id = w.device_id
      """
    ) { row in
      if let device: String = row["device"] {
        lists[row["id"]] = .device(DeviceID(stored: device))
      } else if let text: String = row["filter"] {
        if let filter = DeviceFilter(stored: text) { lists[row["id"]] = .filter(filter) }
      } else {
        lists[row["id"]] = .fleet
      }
    }
    return lists
  }

  /// Reads the answers that made contacts wait, as `WaitlistSQL.repeated` compares them.
  mutating func readAnswers(_ places: [Int64: Int]) throws {
    try db.each(
      """
      SELECT c.id, c.tenant_id, c.reason, c.code, r.external_id AS revision
      FROM sequence_contacts c INDEXED BY sequence_contacts_waits
      CROSS JOIN decisions d ON d.id = c.last_decision_id
      CROSS JOIN policy_revisions r ON r.id = d.revision_id
      CROSS JOIN sequence_steps s ON s.id = d.sequence_step_id
      WHERE c.status = 'waiting' AND d.outcome = 'wait' AND d.error_kind IS NULL AND d.reason = c.reason
        AND s.ordinal = c.current_step
      """
    ) { row in
      guard let tenant = tenantPlaces[row["tenant_id"]], let place = places[row["id"]] else { return }
      tenants[tenant].enrolments[place].answer = WaitAnswer(
        reason: row["reason"], code: (row["code"] as String?).flatMap(ReasonCode.init(rawValue:)),
        revision: row["revision"])
    }
  }
}

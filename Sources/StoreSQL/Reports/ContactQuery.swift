import Routing

extension SQLStore {
  /// A contact with its messages, attempts, assignments and last decisions.
  ///
  /// Throws `OperatorError.unknown`. Walks over the assignments, and costs a lookup for each decision.
  package func contact(_ id: ContactID, of tenant: TenantID, decisionLimit: Int = 50) throws -> ContactDetails {
    try reading { db in
      guard let contact = try ContactQuery(db).contact(id, of: tenant, decisionLimit: decisionLimit) else {
        throw OperatorError.unknown(.contact, id: id.text)
      }
      return contact
    }
  }
}

/// Everything on record about one contact, read inside a transaction.
struct ContactQuery {
  private let db: any SQLConnection

  init(_ db: any SQLConnection) { self.db = db }

  func contact(_ id: ContactID, of tenant: TenantID, decisionLimit: Int) throws -> ContactDetails? {
    let sql = """
      SELECT c.id, c.status, l.external_id AS lead, l.name, c.contact_phone, q.external_id AS sequence,
        q.status AS sequence_status, c.current_step,
        (SELECT count(*) FROM sequence_steps s WHERE s.sequence_id = c.sequence_id) AS steps,
        (SELECT s.priority FROM sequence_steps s WHERE s.sequence_id = c.sequence_id AND s.ordinal = c.current_step)
          AS priority,
        d.external_id AS device, c.due_at, c.next_at, c.reason, c.code, c.enrolled_at, c.ended_at, l.opted_out_at,
        c.last_decision_id, CASE WHEN c.status = 'waiting' THEN w.id END AS list, wd.external_id AS list_device,
        w.filter AS list_filter
      FROM sequence_contacts c
      JOIN tenants t ON t.id = c.tenant_id
      JOIN leads l ON l.id = c.lead_id
      JOIN sequences q ON q.id = c.sequence_id
      LEFT JOIN user_devices d ON d.id = c.assigned_device_id
      LEFT JOIN waitlists w ON w.id = c.waitlist_id
      LEFT JOIN user_devices wd ON wd.id = w.device_id
      WHERE t.external_id = ?1 AND c.external_id = ?2
      """
    let found = try db.first(sql, [tenant.text, id.text]) { row -> ContactDetails? in
      let key: Int64 = row["id"]
      guard let status = EnrolmentStatus(rawValue: row["status"]) else { return nil }
      var details = ContactDetails(
        id: id, lead: row["lead"], name: row["name"], phone: row["contact_phone"], sequence: row["sequence"],
        sequenceStatus: row["sequence_status"], status: status, step: row["current_step"], steps: row["steps"],
        assignedDevice: device(row["device"]), dueAt: row["due_at"],
        nextAt: row["next_at"], reason: row["reason"], code: ReasonCode.known(row["code"]),
        enrolledAt: row["enrolled_at"],
        endedAt: row["ended_at"], optedOutAt: row["opted_out_at"], messages: try messages(of: key),
        decisions: try decisions(from: row["last_decision_id"], limit: decisionLimit),
        assignments: try assignments(of: key))
      details.priority = (row["priority"] as Int64?).map(Priority.init(stored:)) ?? .normal
      if (row["list"] as Int64?) != nil {
        details.waitlist = try? Waitlist(device: row["list_device"], filter: row["list_filter"])
      }
      return details
    }
    return found ?? nil
  }

  private func messages(of enrolment: Int64) throws -> [ContactDetails.Message] {
    let sql = """
      SELECT m.id, s.ordinal, d.external_id AS device, m.status, m.content, m.error, m.created_at, m.sent_at,
        m.priority
      FROM broadcast_messages m
      JOIN sequence_steps s ON s.id = m.sequence_step_id
      JOIN user_devices d ON d.id = m.device_id
      WHERE m.sequence_contact_id = ?1 ORDER BY s.ordinal
      """
    return try db.all(sql, [enrolment]) { row in
      let key: Int64 = row["id"]
      return ContactDetails.Message(
        key: MessageKey(key), step: row["ordinal"], device: DeviceID(stored: row["device"]),
        status: MessageStatus(rawValue: row["status"]) ?? .unknown, content: row["content"], error: row["error"],
        createdAt: row["created_at"], sentAt: row["sent_at"],
        attempts: try attempts(at: key), priority: Priority(stored: row["priority"]))
    }
  }

  private func attempts(at message: Int64) throws -> [ContactDetails.Attempt] {
    let sql = """
      SELECT a.number, d.external_id AS device, a.started_at, a.finished_at, a.outcome, a.error
      FROM attempts a JOIN user_devices d ON d.id = a.device_id WHERE a.message_id = ?1 ORDER BY a.number
      """
    return try db.all(sql, [message]) { row in
      ContactDetails.Attempt(
        number: row["number"], device: DeviceID(stored: row["device"]),
        startedAt: row["started_at"], finishedAt: row["finished_at"],
        outcome: row["outcome"], error: row["error"])
    }
  }

  /// Follows the chain of `previous_id`, which needs no index.
  private func decisions(from last: Int64?, limit: Int) throws -> [ContactDetails.Decision] {
    let sql = """
      SELECT x.outcome, s.ordinal, d.external_id AS device, x.reason, x.code, r.policy, r.external_id AS revision,
        x.instructions, x.notes, x.error_kind, n.outcome AS narrowed_outcome, nr.policy AS narrowed_policy,
        nr.external_id AS narrowed_revision, nd.external_id AS narrowed_device, n.reason AS narrowed_reason,
        n.code AS narrowed_code, x.until, x.waitlist,
        x.at, x.previous_id
      FROM decisions x
      JOIN sequence_steps s ON s.id = x.sequence_step_id
      LEFT JOIN user_devices d ON d.id = x.device_id
      LEFT JOIN policy_revisions r ON r.id = x.revision_id
      LEFT JOIN narrowed_choices n ON n.decision_id = x.id
      LEFT JOIN user_devices nd ON nd.id = n.device_id
      LEFT JOIN policy_revisions nr ON nr.id = n.revision_id
      WHERE x.id = ?1
      """
    var decisions: [ContactDetails.Decision] = []
    var next = last
    while let key = next, decisions.count < limit {
      next = nil
      try db.each(sql, [key]) { row in
        guard let outcome = Outcome(rawValue: row["outcome"]) else { return }
        decisions.append(
          ContactDetails.Decision(
            number: key, step: row["ordinal"], outcome: outcome, device: device(row["device"]), reason: row["reason"],
            code: ReasonCode.known(row["code"]), policy: row["policy"], revision: row["revision"],
            instructions: row["instructions"],
            notes: (row["notes"] as String?).flatMap { try? JSONText.texts($0, "notes") } ?? [],
            faultKind: row["error_kind"], narrowed: narrowed(row), until: row["until"],
            waitlist: (row["waitlist"] as String?).flatMap { try? JSONText.waitlist($0) }, at: row["at"]))
        next = row["previous_id"]
      }
    }
    return decisions
  }

  private func narrowed(_ row: SQLRow) -> ContactDetails.Narrowed? {
    guard let outcome = (row["narrowed_outcome"] as String?).flatMap(Outcome.init(rawValue:)) else { return nil }
    return ContactDetails.Narrowed(
      policy: row["narrowed_policy"], revision: row["narrowed_revision"], outcome: outcome,
      device: DeviceID(stored: row["narrowed_device"]), reason: row["narrowed_reason"],
      code: ReasonCode.known(row["narrowed_code"]))
  }

  private func assignments(of enrolment: Int64) throws -> [ContactDetails.Assignment] {
    let sql = """
      SELECT d.external_id AS device, a.reason, a.actor, a.at
      FROM assignments a JOIN user_devices d ON d.id = a.device_id WHERE a.sequence_contact_id = ?1 ORDER BY a.id
      """
    return try db.all(sql, [enrolment]) { row in
      ContactDetails.Assignment(
        device: DeviceID(stored: row["device"]), reason: row["reason"], actor: row["actor"],
        at: row["at"])
    }
  }

  private func device(_ id: String?) -> DeviceID? { id.map(DeviceID.init(stored:)) }
}

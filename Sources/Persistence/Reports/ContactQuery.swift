internal import GRDB
import Routing

extension SQLiteStore {
  /// A contact with its messages, attempts, assignments and last decisions.
  ///
  /// Throws `OperatorError.unknown`. Costs a walk over the assignments, and a look-up for each decision.
  package func contact(_ id: ContactID, of tenant: TenantID, decisionLimit: Int = 50) throws -> ContactDetails {
    try reading { db in
      guard let contact = try ContactQuery(db).contact(id, of: tenant, decisionLimit: decisionLimit) else {
        throw OperatorError.unknown(what: "contact", id: id.text)
      }
      return contact
    }
  }
}

/// Everything on record about one contact, read inside a transaction.
struct ContactQuery {
  private let db: Database

  init(_ db: Database) { self.db = db }

  func contact(_ id: ContactID, of tenant: TenantID, decisionLimit: Int) throws -> ContactDetails? {
    let sql = """
      SELECT c.id, l.external_id, l.name, c.contact_phone, q.external_id, c.status, c.current_step,
        (SELECT count(*) FROM sequence_steps s WHERE s.sequence_id = c.sequence_id), d.external_id, c.due_at,
        c.next_at, c.reason, c.enrolled_at, c.ended_at, l.opted_out_at, c.last_decision_id, q.status
      FROM sequence_contacts c
      JOIN tenants t ON t.id = c.tenant_id
      JOIN leads l ON l.id = c.lead_id
      JOIN sequences q ON q.id = c.sequence_id
      LEFT JOIN user_devices d ON d.id = c.assigned_device_id
      WHERE t.external_id = ? AND c.external_id = ?
      """
    guard let row = try Row.fetchOne(db, sql: sql, arguments: [tenant.text, id.text]),
      let status = EnrolmentStatus(rawValue: row[5])
    else { return nil }
    let key: Int64 = row[0]
    return ContactDetails(
      id: id, lead: row[1], name: row[2], phone: row[3], sequence: row[4], sequenceStatus: row[16], status: status,
      step: row[6], steps: row[7], assignedDevice: device(row[8]), dueAt: Instant(milliseconds: row[9]),
      nextAt: moment(row[10]), reason: row[11], enrolledAt: Instant(milliseconds: row[12]),
      endedAt: moment(row[13]), optedOutAt: moment(row[14]), messages: try messages(of: key),
      decisions: try decisions(from: row[15], limit: decisionLimit), assignments: try assignments(of: key))
  }

  private func messages(of enrolment: Int64) throws -> [ContactDetails.Message] {
    let sql = """
      SELECT m.id, s.ordinal, d.external_id, m.status, m.content, m.error, m.created_at, m.sent_at
      FROM broadcast_messages m
      JOIN sequence_steps s ON s.id = m.sequence_step_id
      JOIN user_devices d ON d.id = m.device_id
      WHERE m.sequence_contact_id = ? ORDER BY s.ordinal
      """
    return try Row.fetchAll(db, sql: sql, arguments: [enrolment]).map { row in
      ContactDetails.Message(
        key: MessageKey(row[0]), step: row[1], device: DeviceID(stored: row[2]),
        status: MessageStatus(rawValue: row[3]) ?? .unknown,
        content: row[4], error: row[5], createdAt: Instant(milliseconds: row[6]), sentAt: moment(row[7]),
        attempts: try attempts(at: row[0]))
    }
  }

  private func attempts(at message: Int64) throws -> [ContactDetails.Attempt] {
    let sql = """
      SELECT a.number, d.external_id, a.started_at, a.finished_at, a.outcome, a.error
      FROM attempts a JOIN user_devices d ON d.id = a.device_id WHERE a.message_id = ? ORDER BY a.number
      """
    return try Row.fetchAll(db, sql: sql, arguments: [message]).map { row in
      ContactDetails.Attempt(
        number: row[0], device: DeviceID(stored: row[1]), startedAt: Instant(milliseconds: row[2]),
        finishedAt: moment(row[3]), outcome: row[4], error: row[5])
    }
  }

  /// Along the chain of `previous_id`, which takes no index.
  private func decisions(from last: Int64?, limit: Int) throws -> [ContactDetails.Decision] {
    let sql = """
      SELECT s.ordinal, x.outcome, d.external_id, x.reason, r.policy, x.until, x.at, x.previous_id, r.external_id,
        x.instructions, x.notes, x.error_kind, n.outcome, nd.external_id, n.reason, nr.policy, nr.external_id
      FROM decisions x
      JOIN sequence_steps s ON s.id = x.sequence_step_id
      LEFT JOIN user_devices d ON d.id = x.device_id
      LEFT JOIN policy_revisions r ON r.id = x.revision_id
      LEFT JOIN narrowed_choices n ON n.decision_id = x.id
      LEFT JOIN user_devices nd ON nd.id = n.device_id
      LEFT JOIN policy_revisions nr ON nr.id = n.revision_id
      WHERE x.id = ?
      """
    var decisions: [ContactDetails.Decision] = []
    var next = last
    while let key = next, decisions.count < limit {
      guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [key]),
        let outcome = Outcome(rawValue: row[1])
      else { break }
      decisions.append(
        ContactDetails.Decision(
          number: key, step: row[0], outcome: outcome, device: device(row[2]), reason: row[3], policy: row[4],
          revision: row[8], instructions: row[9],
          notes: (row[10] as String?).flatMap { try? JSONText.texts($0, "notes") } ?? [], faultKind: row[11],
          narrowed: narrowed(row),
          until: moment(row[5]), at: Instant(milliseconds: row[6])))
      next = row[7]
    }
    return decisions
  }

  private func narrowed(_ row: Row) -> ContactDetails.Narrowed? {
    guard let outcome = (row[12] as String?).flatMap(Outcome.init) else { return nil }
    return ContactDetails.Narrowed(
      policy: row[15], revision: row[16], outcome: outcome, device: DeviceID(stored: row[13]), reason: row[14])
  }

  private func assignments(of enrolment: Int64) throws -> [ContactDetails.Assignment] {
    let sql = """
      SELECT d.external_id, a.reason, a.actor, a.at
      FROM assignments a JOIN user_devices d ON d.id = a.device_id WHERE a.sequence_contact_id = ? ORDER BY a.id
      """
    return try Row.fetchAll(db, sql: sql, arguments: [enrolment]).map { row in
      ContactDetails.Assignment(
        device: DeviceID(stored: row[0]), reason: row[1], actor: row[2], at: Instant(milliseconds: row[3]))
    }
  }

  private func moment(_ milliseconds: Int64?) -> Instant? { milliseconds.map(Instant.init(milliseconds:)) }

  private func device(_ id: String?) -> DeviceID? { id.map(DeviceID.init(stored:)) }
}

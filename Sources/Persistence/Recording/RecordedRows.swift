internal import GRDB
import Routing

/// Decisions on record with the contacts as the policies saw them, read one by one.
struct RecordedRows {
  private let decisions: RawStatement
  private let device: RawStatement
  private let sequence: RawStatement
  private let step: RawStatement
  private let revision: RawStatement
  private let leadHistory: RawStatement?
  private let enrolmentHistory: RawStatement?
  private let stepHistory: RawStatement?
  /// Nil where no guard ever narrowed anything.
  private let narrowed: RawStatement?
  private var devices: [Int64: DeviceID] = [:]
  private var sequences: [Int64: String] = [:]
  private var steps: [Int64: (ordinal: Int, content: String)] = [:]
  private var revisions: [Int64: String] = [:]
  private var tags = ReadTexts<[String]>()
  private var attributes = ReadTexts<[Parameter]>()

  init(_ db: Database) throws {
    decisions = try RawStatement(db, RecordedRows.sql)
    device = try RawStatement(db, CycleSQL.device)
    sequence = try RawStatement(db, "SELECT external_id FROM sequences WHERE id = ?1")
    step = try RawStatement(db, "SELECT ordinal, content FROM sequence_steps WHERE id = ?1")
    revision = try RawStatement(db, "SELECT external_id FROM policy_revisions WHERE id = ?1")
    leadHistory = try RecordedRows.history(db, "lead_history", "lead_id", "name, tags, attributes")
    enrolmentHistory = try RecordedRows.history(
      db, "enrolment_history", "sequence_contact_id", "external_id, contact_phone")
    stepHistory = try RecordedRows.history(db, "step_history", "sequence_step_id", "content")
    let hasNarrowed = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM narrowed_choices)") ?? false
    narrowed =
      hasNarrowed
      ? try RawStatement(
        db, "SELECT outcome, device_id, reason, revision_id FROM narrowed_choices WHERE decision_id = ?1") : nil
  }

  /// Between two numbers, of one fleet.
  private static let sql = """
    SELECT x.id, x.sequence_contact_id, x.sequence_step_id, x.outcome, x.device_id, x.assigned_device_id, x.reason,
      x.revision_id, x.seed, x.instructions, x.until, x.error_kind, x.error_line, x.notes, x.due_at, x.attempts,
      x.last_device_id, c.sequence_id, c.external_id, c.contact_phone, l.id, l.name, l.tags, l.attributes,
      x.tenant_id, x.utc_offset_minutes, x.messages_day, x.moves
    FROM decisions x
    CROSS JOIN sequence_contacts c ON c.id = x.sequence_contact_id
    CROSS JOIN leads l ON l.id = c.lead_id
    WHERE x.id BETWEEN ?1 AND ?2 AND x.fleet_id = ?3
    ORDER BY x.id
    """

  /// What a row held for a decision: the values that were replaced first after it. Nil where nothing was ever replaced.
  private static func history(_ db: Database, _ table: String, _ key: String, _ columns: String) throws -> RawStatement?
  {
    guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM \(table))") == true else { return nil }
    return try RawStatement(
      db,
      """
      SELECT \(columns) FROM \(table) WHERE \(key) = ?1 AND through_decision_id >= ?2
      ORDER BY through_decision_id LIMIT 1
      """)
  }

  /// Visits the decisions with numbers in `numbers` that were made on a fleet. False when `visit` had enough.
  mutating func visit(
    _ numbers: ClosedRange<Int64>, of fleet: Int64, tenant: TenantKey, visit: (RecordedDecision) throws -> Bool
  ) throws -> Bool {
    decisions.bind(1, numbers.lowerBound)
    decisions.bind(2, numbers.upperBound)
    decisions.bind(3, fleet)
    defer { decisions.reset() }
    while try decisions.step() {
      let number = decisions.integer(0)
      guard decisions.integer(24) == tenant.raw else {
        throw UnreadableRecord("decision \(number): expected a fleet record of its tenant, found \(fleet), another's")
      }
      let decision: RecordedDecision
      do { decision = try self.decision(number) } catch let error as UnreadableRow {
        throw UnreadableRecord("decision \(number): \(error.reason)")
      }
      guard try visit(decision) else { return false }
    }
    return true
  }

  private mutating func decision(_ number: Int64) throws -> RecordedDecision {
    let row = decisions
    let step = try step(row.integer(2), number)
    guard let outcome = Outcome(rawValue: row.text(3)) else {
      throw UnreadableRow("outcome: expected one that there is, found '\(row.text(3))'")
    }
    let notes = try row.optionalText(13).map { (text) throws(UnreadableRow) in try JSONText.texts(text, "notes") }
    return RecordedDecision(
      number: number, contact: try contact(number, step: step.ordinal), content: step.content, outcome: outcome,
      device: try row.optionalInteger(4).map { try deviceID($0) }, reason: row.text(6),
      revision: try revision(row.integer(7)), seed: UInt64(bitPattern: row.integer(8)),
      instructions: row.integer(9), until: row.optionalInteger(10).map(Instant.init(milliseconds:)),
      fault: try fault(), notes: notes ?? [], narrowed: outcome == .wait ? try narrowedChoice(number) : nil)
  }

  private mutating func narrowedChoice(
    _ number: Int64
  ) throws -> (outcome: Outcome, device: DeviceID, reason: String, revision: String)? {
    guard let narrowed else { return nil }
    narrowed.bind(1, number)
    defer { narrowed.reset() }
    guard try narrowed.step() else { return nil }
    guard let outcome = Outcome(rawValue: narrowed.text(0)) else {
      throw UnreadableRow("narrowed outcome: expected one that there is, found '\(narrowed.text(0))'")
    }
    let (device, reason, revision) = (narrowed.integer(1), narrowed.text(2), narrowed.integer(3))
    return (outcome, try deviceID(device), reason, try self.revision(revision))
  }

  private func fault() throws(UnreadableRow) -> (kind: Fault.Kind, line: Int?)? {
    guard let text = decisions.optionalText(11) else { return nil }
    guard let kind = Fault.Kind(rawValue: text) else {
      throw UnreadableRow("error_kind: expected one that there is, found '\(text)'")
    }
    return (kind, decisions.optionalInteger(12).map { Int($0) })
  }

  private mutating func contact(_ number: Int64, step: Int) throws -> Contact {
    let row = decisions
    var (id, phone) = (row.text(18), row.text(19))
    if let history = enrolmentHistory, try found(history, row.integer(1), number) {
      (id, phone) = (history.text(0), history.text(1))
      history.reset()
    }
    let lead: (name: String?, tags: [String], attributes: [Parameter])
    if let history = leadHistory, try found(history, row.integer(20), number) {
      defer { history.reset() }
      lead = try self.lead(history, from: 0)
    } else {
      lead = try self.lead(row, from: 21)
    }
    let assigned = row.optionalInteger(5)
    return Contact(
      key: EnrolmentKey(row.integer(1)), id: ContactID(stored: id), phone: phone, name: lead.name,
      sequence: try sequenceID(row.integer(17)), step: step, assignedDevice: try assigned.map { try deviceID($0) },
      assignedKey: assigned.map(DeviceKey.init(_:)), dueAt: row.optionalInteger(14).map(Instant.init(milliseconds:)),
      attempts: Int(row.integer(15)), lastDevice: try row.optionalInteger(16).map { try deviceID($0) }, tags: lead.tags,
      attributes: lead.attributes, messagesDay: Int(row.optionalInteger(26) ?? 0),
      moves: Int(row.optionalInteger(27) ?? 0), utcOffsetMinutes: row.optionalInteger(25).map { Int($0) })
  }

  private mutating func lead(
    _ row: RawStatement, from column: CInt
  ) throws(UnreadableRow) -> (name: String?, tags: [String], attributes: [Parameter]) {
    let tags = try row.withText(column + 1) { (text) throws(UnreadableRow) in
      try self.tags.value(of: text) { (text) throws(UnreadableRow) in try JSONText.texts(text, "tags") }
    }
    let attributes = try row.withText(column + 2) { (text) throws(UnreadableRow) in
      try self.attributes.value(of: text) { (text) throws(UnreadableRow) in try JSONText.parameters(text, "attributes")
      }
    }
    return (row.optionalText(column), tags, attributes)
  }

  /// True with the row at hand; it is for the caller to reset then.
  private func found(_ history: RawStatement, _ key: Int64, _ number: Int64) throws -> Bool {
    history.bind(1, key)
    history.bind(2, number)
    return try history.step()
  }
}

// MARK: - What repeats from row to row

extension RecordedRows {
  private mutating func deviceID(_ key: Int64) throws -> DeviceID {
    if let id = devices[key] { return id }
    let id = DeviceID(stored: try one(device, key, "device") { $0.text(0) })
    devices[key] = id
    return id
  }

  private mutating func sequenceID(_ key: Int64) throws -> String {
    if let id = sequences[key] { return id }
    let id = try one(sequence, key, "sequence") { $0.text(0) }
    sequences[key] = id
    return id
  }

  private mutating func revision(_ key: Int64) throws -> String {
    if let digest = revisions[key] { return digest }
    let digest = try one(revision, key, "revision") { $0.text(0) }
    revisions[key] = digest
    return digest
  }

  private mutating func step(_ key: Int64, _ number: Int64) throws -> (ordinal: Int, content: String) {
    let current: (ordinal: Int, content: String)
    if let known = steps[key] {
      current = known
    } else {
      current = try one(step, key, "step") { (Int($0.integer(0)), $0.text(1)) }
      steps[key] = current
    }
    guard let history = stepHistory, try found(history, key, number) else { return current }
    defer { history.reset() }
    return (current.ordinal, history.text(0))
  }

  private func one<Value>(
    _ statement: RawStatement, _ key: Int64, _ noun: String, _ value: (RawStatement) -> Value
  ) throws -> Value {
    statement.bind(1, key)
    defer { statement.reset() }
    guard try statement.step() else { throw UnreadableRow("expected \(noun) \(key) in the store, found none") }
    return value(statement)
  }
}

import Routing

/// Recorded decisions with the contacts as the policies saw them, read one by one.
struct RecordedRows {
  private let decisions: any SQLStatement
  private let device: any SQLStatement
  private let sequence: any SQLStatement
  private let step: any SQLStatement
  private let revision: any SQLStatement
  private let leadHistory: (any SQLStatement)?
  private let enrolmentHistory: (any SQLStatement)?
  private let stepHistory: (any SQLStatement)?
  /// Nil if no guard ever overruled a policy.
  private let narrowed: (any SQLStatement)?
  private var devices: [Int64: DeviceID] = [:]
  private var sequences: [Int64: String] = [:]
  private var steps: [Int64: (ordinal: Int, content: String)] = [:]
  private var revisions: [Int64: String] = [:]
  private var tags = ReadTexts<[String]>()
  private var attributes = ReadTexts<[Parameter]>()

  init(_ db: any SQLConnection) throws {
    decisions = try db.prepare(RecordedRows.sql)
    device = try db.prepare(CycleSQL.device)
    sequence = try db.prepare("SELECT external_id FROM sequences WHERE id = ?1")
    step = try db.prepare("SELECT ordinal, content FROM sequence_steps WHERE id = ?1")
    revision = try db.prepare("SELECT external_id FROM policy_revisions WHERE id = ?1")
    leadHistory = try RecordedRows.history(db, "lead_history", "lead_id", "name, tags, attributes")
    enrolmentHistory = try RecordedRows.history(
      db, "enrolment_history", "sequence_contact_id", "external_id, contact_phone")
    stepHistory = try RecordedRows.history(db, "step_history", "sequence_step_id", "content")
    let hasNarrowed = try db.value("SELECT 1 FROM narrowed_choices LIMIT 1", as: Int64.self) != nil
    narrowed =
      hasNarrowed
      ? try db.prepare(
        "SELECT outcome, device_id, reason, code, revision_id FROM narrowed_choices WHERE decision_id = ?1")
      : nil
  }

  /// Selects decisions between two numbers, on one fleet.
  private static let sql = """
    SELECT \(RecordedColumn.select)
    FROM decisions x
    CROSS JOIN sequence_contacts c ON c.id = x.sequence_contact_id
    CROSS JOIN leads l ON l.id = c.lead_id
    WHERE x.id BETWEEN ?1 AND ?2 AND x.fleet_id = ?3
    ORDER BY x.id
    """

  /// Finds the row's values at a decision: the first values replaced after it. Nil if nothing was ever replaced.
  private static func history(
    _ db: any SQLConnection, _ table: String, _ key: String, _ columns: String
  ) throws -> (any SQLStatement)? {
    guard try db.value("SELECT 1 FROM \(table) LIMIT 1", as: Int64.self) != nil else { return nil }
    return try db.prepare(
      """
      SELECT \(columns) FROM \(table) WHERE \(key) = ?1 AND through_decision_id >= ?2
      ORDER BY through_decision_id LIMIT 1
      """)
  }

  /// Visits the decisions in `numbers` that were based on one fleet. Returns false if `visit` stopped.
  mutating func visit(
    _ numbers: ClosedRange<Int64>, of fleet: Int64, tenant: TenantKey, visit: (RecordedDecision) throws -> Bool
  ) throws -> Bool {
    decisions.bind(1, numbers.lowerBound)
    decisions.bind(2, numbers.upperBound)
    decisions.bind(3, fleet)
    defer { decisions.reset() }
    while try decisions.step() {
      let number = decisions.integer(.number)
      guard decisions.integer(.tenant) == tenant.raw else {
        throw UnreadableRecord(
          "decision \(number): expected a fleet record of its tenant, found \(fleet) of another tenant")
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
    let step = try step(row.integer(.step), number)
    guard let outcome = Outcome(rawValue: row.text(.outcome)) else {
      throw UnreadableRow("outcome: expected a known value, found '\(row.text(.outcome))'")
    }
    let notes = try row.optionalText(.notes).map { (text) throws(UnreadableRow) in try JSONText.texts(text, "notes") }
    return RecordedDecision(
      number: number, contact: try contact(number, step: step.ordinal), content: step.content, outcome: outcome,
      device: try row.optionalInteger(.device).map { try deviceID($0) }, reason: row.text(.reason),
      revision: try revision(row.integer(.revision)), seed: UInt64(bitPattern: row.integer(.seed)),
      instructions: row.integer(.instructions), until: row.optionalInteger(.until).map(Instant.init(milliseconds:)),
      fault: try fault(), notes: notes ?? [], narrowed: outcome == .wait ? try narrowedChoice(number) : nil,
      code: try row.optionalText(.code).map { (text) throws(UnreadableRow) in try ReasonCode(stored: text) },
      caught: try row.optionalText(.caught).map { (text) throws(UnreadableRow) in try JSONText.caught(text) } ?? [],
      waitlist: try row.optionalText(.waitlist).map { (text) throws(UnreadableRow) in try JSONText.waitlist(text) })
  }

  private mutating func narrowedChoice(
    _ number: Int64
  ) throws -> (outcome: Outcome, device: DeviceID, reason: String, code: ReasonCode?, revision: String)? {
    guard let narrowed else { return nil }
    narrowed.bind(1, number)
    defer { narrowed.reset() }
    guard try narrowed.step() else { return nil }
    let row = SQLRow(narrowed)
    let word: String = row["outcome"]
    guard let outcome = Outcome(rawValue: word) else {
      throw UnreadableRow("narrowed outcome: expected a known value, found '\(word)'")
    }
    let device: Int64 = row["device_id"]
    let reason: String = row["reason"]
    let code: String? = row["code"]
    let revision: Int64 = row["revision_id"]
    return (
      outcome, try deviceID(device), reason,
      try code.map { (text) throws(UnreadableRow) in try ReasonCode(stored: text) },
      try self.revision(revision)
    )
  }

  private func fault() throws(UnreadableRow) -> (kind: Fault.Kind, line: Int?)? {
    guard let text = decisions.optionalText(.errorKind) else { return nil }
    guard let kind = Fault.Kind(rawValue: text) else {
      throw UnreadableRow("error_kind: expected a known value, found '\(text)'")
    }
    return (kind, decisions.optionalInteger(.errorLine).map { Int($0) })
  }

  private mutating func contact(_ number: Int64, step: Int) throws -> Contact {
    let row = decisions
    var (id, phone) = (row.text(.contact), row.text(.phone))
    if let history = enrolmentHistory, try found(history, row.integer(.enrolment), number) {
      let replaced = SQLRow(history)
      id = replaced["external_id"]
      phone = replaced["contact_phone"]
      history.reset()
    }
    let lead: (name: String?, tags: [String], attributes: [Parameter])
    if let history = leadHistory, try found(history, row.integer(.lead), number) {
      defer { history.reset() }
      let replaced = SQLRow(history)
      lead = try self.lead(name: replaced["name"], tags: replaced["tags"], attributes: replaced["attributes"])
    } else {
      lead = try self.lead(name: row.optionalText(.name), tags: row.text(.tags), attributes: row.text(.attributes))
    }
    let assigned = row.optionalInteger(.assignedDevice)
    let sequence = try sequenceID(row.integer(.sequence))
    let assignedDevice = try assigned.map { try deviceID($0) }
    let lastDevice = try row.optionalInteger(.lastDevice).map { try deviceID($0) }
    return Contact(
      key: EnrolmentKey(row.integer(.enrolment)), id: ContactID(stored: id), phone: phone, name: lead.name,
      sequence: sequence, step: step, assignedDevice: assignedDevice, assignedKey: assigned.map(DeviceKey.init(_:)),
      dueAt: row.optionalInteger(.dueAt).map(Instant.init(milliseconds:)), attempts: Int(row.integer(.attempts)),
      lastDevice: lastDevice, tags: lead.tags, attributes: lead.attributes,
      messagesDay: Int(row.optionalInteger(.messagesDay) ?? 0), moves: Int(row.optionalInteger(.moves) ?? 0),
      priority: row.optionalInteger(.priority).map(Priority.init(stored:)) ?? .normal,
      utcOffsetMinutes: row.optionalInteger(.utcOffset).map { Int($0) })
  }

  private mutating func lead(
    name: String?, tags tagText: String, attributes attributeText: String
  ) throws -> (name: String?, tags: [String], attributes: [Parameter]) {
    var (tagText, attributeText) = (tagText, attributeText)
    let tags = try tagText.withUTF8 { text in
      try self.tags.value(of: text) { (text) throws(UnreadableRow) in try JSONText.texts(text, "tags") }
    }
    let attributes = try attributeText.withUTF8 { text in
      try self.attributes.value(of: text) { (text) throws(UnreadableRow) in
        try JSONText.parameters(text, "attributes")
      }
    }
    return (name, tags, attributes)
  }

  /// Returns true with a current row; the caller must then reset the statement.
  private func found(_ history: any SQLStatement, _ key: Int64, _ number: Int64) throws -> Bool {
    history.bind(1, key)
    history.bind(2, number)
    return try history.step()
  }
}

// MARK: - Values that repeat from row to row

extension RecordedRows {
  private mutating func deviceID(_ key: Int64) throws -> DeviceID {
    if let id = devices[key] { return id }
    let id = DeviceID(stored: try one(device, key, "device") { $0["external_id"] })
    devices[key] = id
    return id
  }

  private mutating func sequenceID(_ key: Int64) throws -> String {
    if let id = sequences[key] { return id }
    let id: String = try one(sequence, key, "sequence") { $0["external_id"] }
    sequences[key] = id
    return id
  }

  private mutating func revision(_ key: Int64) throws -> String {
    if let digest = revisions[key] { return digest }
    let digest: String = try one(revision, key, "revision") { $0["external_id"] }
    revisions[key] = digest
    return digest
  }

  private mutating func step(_ key: Int64, _ number: Int64) throws -> (ordinal: Int, content: String) {
    let current: (ordinal: Int, content: String)
    if let known = steps[key] {
      current = known
    } else {
      current = try one(step, key, "step") { (ordinal: $0["ordinal"], content: $0["content"]) }
      steps[key] = current
    }
    guard let history = stepHistory, try found(history, key, number) else { return current }
    defer { history.reset() }
    return (current.ordinal, history.onlyText)
  }

  private func one<Value>(
    _ statement: any SQLStatement, _ key: Int64, _ noun: String, _ value: (SQLRow) -> Value
  ) throws -> Value {
    statement.bind(1, key)
    defer { statement.reset() }
    guard try statement.step() else { throw UnreadableRow("expected \(noun) \(key) in the store, found none") }
    return value(SQLRow(statement))
  }
}

// MARK: - Columns

/// The columns read for a decision `x`, its enrolment `c` and the lead `l`.
private enum RecordedColumn: Int, SQLColumn {
  case number, enrolment, step, outcome, device, assignedDevice, reason, revision, seed, instructions, until, errorKind,
    errorLine, notes, dueAt, attempts, lastDevice, sequence, contact, phone, lead, name, tags, attributes, tenant,
    utcOffset, messagesDay, moves, code, caught, waitlist, priority

  var expression: String {
    switch self {
    case .number: "x.id"
    case .enrolment: "x.sequence_contact_id"
    case .step: "x.sequence_step_id"
    case .outcome: "x.outcome"
    case .device: "x.device_id"
    case .assignedDevice: "x.assigned_device_id"
    case .reason: "x.reason"
    case .revision: "x.revision_id"
    case .seed: "x.seed"
    case .instructions: "x.instructions"
    case .until: "x.until"
    case .errorKind: "x.error_kind"
    case .errorLine: "x.error_line"
    case .notes: "x.notes"
    case .dueAt: "x.due_at"
    case .attempts: "x.attempts"
    case .lastDevice: "x.last_device_id"
    case .sequence: "c.sequence_id"
    case .contact: "c.external_id"
    case .phone: "c.contact_phone"
    case .lead: "l.id"
    case .name: "l.name"
    case .tags: "l.tags"
    case .attributes: "l.attributes"
    case .tenant: "x.tenant_id"
    case .utcOffset: "x.utc_offset_minutes"
    case .messagesDay: "x.messages_day"
    case .moves: "x.moves"
    case .code: "x.code"
    case .caught: "x.caught"
    case .waitlist: "x.waitlist"
    case .priority: "x.priority"
    }
  }
}

/// Reads by position instead of name, because a record has many rows.
extension SQLColumns {
  fileprivate func integer(_ column: RecordedColumn) -> Int64 { integer(column.rawValue) }

  fileprivate func optionalInteger(_ column: RecordedColumn) -> Int64? { optionalInteger(column.rawValue) }

  fileprivate func text(_ column: RecordedColumn) -> String { text(column.rawValue) }

  fileprivate func optionalText(_ column: RecordedColumn) -> String? { optionalText(column.rawValue) }
}

import Routing
import Wire

/// Histories whose rows have no id: a row is identified by its content, and the n-th line with that content is the n-th
/// such row. Equal rows of one millisecond stay separate, and importing a file twice adds nothing.
extension ImportSession {
  mutating func applyAssignment(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let enrolment = try enrolment(&reader, of: tenant)
    let device = try device(&reader, "device", of: tenant)
    let number = try reader.named("decision") { (r, k) throws(FieldError) in try r.whole(k, from: 1) }.value
    let reason = try reader.text("reason")
    let actor = try reader.text("actor")
    let at = try reader.instant("at")
    try reader.finish()
    var made: Int64?
    if let number { made = try decision(reader, number, of: enrolment.key) }
    let change = try append(.assignment, [tenants[tenant].key, enrolment.key, device, made, reason, actor, at])
    unexplainedAssignments[enrolment.key] = nil
    return change
  }

  mutating func applyDeviceEvent(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let device = try device(&reader, "device", of: tenant)
    let kind = try reader.text("kind")
    let detail = try reader.optionalText("detail")
    let actor = try reader.text("actor")
    let systemUser = try reader.optionalText("system_user")
    let at = try reader.instant("at")
    try reader.finish()
    return try append(.deviceEvent, [tenants[tenant].key, device, kind, detail, actor, at, systemUser])
  }

  mutating func applyAudit(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = reader.presence(of: "tenant") == .value ? try tenant(&reader) : nil
    let actor = try reader.text("actor")
    let action = try reader.text("action")
    let subject = try reader.text("subject")
    let detail = try reader.optionalText("detail")
    let at = try reader.instant("at")
    let systemUser = try reader.optionalText("system_user")
    let reason = try reader.optionalText("reason")
    let file = try reader.optionalText("file")
    let digest = try reader.optionalText("digest")
    if let digest, !digest.hasPrefix("sha256:") || digest.utf8.count != 71 {
      throw reader.failure("digest", expected: "'sha256:' and 64 hexadecimal digits")
    }
    let counts = try reader.optionalObject("counts")?.source
    try reader.finish()
    let (key, countText) = (tenant.map { tenants[$0].key }, counts.map { FaithfulJSON.text(of: .object($0)) })
    return try append(.audit, [key, actor, action, subject, detail, at, systemUser, reason, file, digest, countText])
  }

  /// Adds a row unless the store already has as many equal rows as the file so far.
  private mutating func append(_ type: InterchangeType, _ values: SQLArguments) throws -> ImportChange {
    let journal = Journal.of(type)
    if journals.isEmpty { try db.change(Journal.create) }
    if !journals.contains(type) {
      try db.change(journal.load)
      journals.insert(type)
    }
    let isMissing = try value(journal.count, values, as: Bool.self) ?? true
    guard isMissing else { return .unchanged }
    try run(journal.insert, values + SQLArguments(journal.rest))
    return .created
  }

  /// Writes the assignments that the file makes without a line of history for them.
  mutating func explainAssignments() throws {
    let actor = audit?.origin.actor.name ?? "import"
    for (enrolment, assignment) in unexplainedAssignments.sorted(by: { $0.key < $1.key }) {
      try run(
        Journal.of(.assignment).insert,
        [assignment.tenant, enrolment, assignment.device, nil, "imported", actor, now])
    }
    unexplainedAssignments = [:]
  }

  /// Drops the tables used only during the import.
  func dropJournals() throws {
    if hasDecisionNumbers { try db.change("DROP TABLE import_decisions") }
    if hasFleetNumbers { try db.change("DROP TABLE import_fleets") }
    if !journals.isEmpty { try db.change("DROP TABLE import_journal") }
  }
}

/// The statements for one history whose rows have no id.
private struct Journal {
  let load: String
  let count: String
  let insert: String
  /// The arguments of `insert` after the values of a line.
  var rest: [SQLValue] = []

  static let create = """
    CREATE TEMP TABLE import_journal (
      content TEXT PRIMARY KEY,
      in_store BIGINT NOT NULL,
      in_file BIGINT NOT NULL
    ) WITHOUT ROWID
    """

  /// The types of a line's values.
  private enum ValueType: String {
    case integer = "BIGINT"
    case text = "TEXT"
  }

  /// Counts a line, and returns whether the store has fewer equal rows than the file so far. Parameters are cast,
  /// because some engines cannot infer their types from the call.
  private static func count(_ name: String, _ types: ValueType...) -> String {
    let values = types.enumerated().map { "CAST(?\($0 + 1) AS \($1.rawValue))" }.joined(separator: ", ")
    return """
      INSERT INTO import_journal VALUES (json_array('\(name)', \(values)), 0, 1)
      ON CONFLICT (content) DO UPDATE SET in_file = import_journal.in_file + 1
      RETURNING CASE WHEN in_file > in_store THEN 1 ELSE 0 END AS is_missing
      """
  }

  static func of(_ type: InterchangeType) -> Journal {
    switch type {
    case .assignment: assignments
    case .deviceEvent: deviceEvents
    default: audit
    }
  }

  private static let assignments = Journal(
    load: """
      INSERT INTO import_journal
      SELECT json_array('assignment', tenant_id, sequence_contact_id, device_id, decision_id, reason, actor,
        at), count(*), 0
      FROM assignments GROUP BY 1
      """,
    count: count("assignment", .integer, .integer, .integer, .integer, .text, .text, .integer),
    insert: """
      INSERT INTO assignments (tenant_id, sequence_contact_id, device_id, decision_id, reason, actor, at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      """)

  private static let deviceEvents = Journal(
    load: """
      INSERT INTO import_journal
      SELECT json_array('device_event', tenant_id, device_id, kind, detail, actor, at, system_user), count(*), 0
      FROM device_events GROUP BY 1
      """,
    count: count("device_event", .integer, .integer, .text, .text, .text, .integer, .text),
    insert: DeviceEventEntry.insert)

  private static let audit = Journal(
    load: """
      INSERT INTO import_journal
      SELECT json_array('audit', tenant_id, actor, action, subject, detail, at, system_user, reason, file, digest,
        counts), count(*), 0
      FROM audit GROUP BY 1
      """,
    count: count("audit", .integer, .text, .text, .text, .text, .integer, .text, .text, .text, .text, .text),
    insert: AuditEntry.insert(), rest: [.integer(0)])
}

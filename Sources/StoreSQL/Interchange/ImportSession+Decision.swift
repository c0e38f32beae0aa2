import Routing
import Wire

private enum DecisionColumn: Int, DraftColumn {
  case step, outcome, device, assignedDevice, reason, revision, seed, instructions, until, errorKind,
    errorLine
  case notes, at, fleet, dueAt, attempts, lastDevice, utcOffset, messagesDay, moves, code, caught, waitlist, priority

  var expression: String {
    switch self {
    case .step: "sequence_step_id"
    case .outcome: "outcome"
    case .device: "device_id"
    case .assignedDevice: "assigned_device_id"
    case .reason: "reason"
    case .revision: "revision_id"
    case .seed: "seed"
    case .instructions: "instructions"
    case .until: "until"
    case .errorKind: "error_kind"
    case .errorLine: "error_line"
    case .notes: "notes"
    case .at: "at"
    case .fleet: "fleet_id"
    case .dueAt: "due_at"
    case .attempts: "attempts"
    case .lastDevice: "last_device_id"
    case .utcOffset: "utc_offset_minutes"
    case .messagesDay: "messages_day"
    case .moves: "moves"
    case .code: "code"
    case .caught: "caught"
    case .waitlist: "waitlist"
    case .priority: "priority"
    }
  }
}

/// Exports identify a decision by its number within its enrolment, from 1: keys differ between stores, and two
/// decisions of one enrolment can have the same millisecond.
extension ImportSession {
  mutating func applyDecision(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let enrolment = try enrolment(&reader, of: tenant)
    let number = try reader.whole("number", from: 1)
    let step = try step(&reader, "step", of: enrolment.sequence, tenant: tenant)
    var values = try decisionValues(&reader, step: step.key, tenant)
    let narrowed = try narrowedChoice(&reader, tenant, outcome: values[1].1)
    let fleet = try reader.named("fleet") { (r, k) throws(FieldError) in try r.whole(k) }.value
    if let fleet, fleet > 0, values.contains(where: { ($0.0 == .revision || $0.0 == .attempts) && $0.1.isNull }) {
      throw reader.failure("fleet", expected: "a fleet only with 'revision' and 'attempts'")
    }
    try reader.finish()

    let onFleet = try fleet.flatMap { try $0 == 0 ? 0 : self.fleet(of: reader, $0, of: tenant) }
    values.append((.fleet, onFleet.sqlValue))
    try numberDecisions()
    if let key = try decision(number, of: enrolment.key),
      var draft: Draft<DecisionColumn> = try find(DecisionSQL.find, [key])
    {
      if let fleet, fleet > 0, onFleet == nil {
        throw reader.failure("fleet", expected: "a recorded fleet for a recorded decision")
      }
      for (column, value) in values { draft[column] = value }
      let change = try expectSame(draft, "decision \(number) of the enrolment", path: "number")
      try expectNarrowed(narrowed, key, number)
      return change
    }
    let next = try nextDecision(of: enrolment.key)
    guard number == next else {
      throw reader.failure(
        "number", expected: "\(next), the next decision of the enrolment",
        hint: "keep the lines in their order")
    }
    var draft = Draft<DecisionColumn>()
    for (column, value) in values { draft[column] = value }
    let owner: SQLArguments = [tenants[tenant].key, enrolment.key, enrolment.lastDecision]
    let key = try insert(DecisionSQL.insert, owner + draft.arguments)
    if let narrowed { try run(DecisionSQL.narrow, SQLArguments([key.sqlValue] + narrowed)) }
    if let fleet, fleet > 0 { try made(key, on: onFleet, fleet, of: tenant) }
    try run(DecisionSQL.link, [key, enrolment.key])
    try run(DecisionSQL.remember, [enrolment.key, number, key])
    return .created
  }

  private func decisionValues(
    _ reader: inout JSONReader, step: Int64, _ tenant: Int
  ) throws -> [(DecisionColumn, SQLValue)] {
    let outcome = try reader.oneOf("outcome", Outcome.allCases.map(\.rawValue))
    let device = try namedDevice(&reader, "device", of: tenant).value
    let assigned = try namedDevice(&reader, "assigned_device", of: tenant).value
    let until = try reader.named("until") { (r, k) throws(FieldError) in try r.instant(k) }.value
    let errorKind = try reader.named("error_kind") { (r, k) throws(FieldError) in
      try r.oneOf(k, Fault.Kind.allCases.map(\.rawValue))
    }.value
    let notes = try reader.named("notes") { (r, k) throws(FieldError) in try r.strings(k) }.value
    let hasRevision = reader.presence(of: "revision") == .value
    guard hasRevision || outcome == "move" || outcome == "use" else {
      throw reader.failure("revision", expected: "a revision; only an operator's 'use' or 'move' has none")
    }
    let revision = hasRevision ? try revision(&reader) : nil
    let dueAt = try reader.named("due_at") { (r, k) throws(FieldError) in try r.instant(k) }.value
    let attempts = try reader.named("attempts") { (r, k) throws(FieldError) in try r.whole(k) }.value
    let code = try reader.reasonCode("code").value
    let caught = try caught(&reader)
    let waitlist = try waitlist(&reader)
    let priority = try reader.named("priority") { (r, k) throws(FieldError) in try r.priority(k) }.value
    let counts = try ["messages_day", "moves"].map { key in
      try reader.named(key) { (r, k) throws(FieldError) in try r.whole(k, from: 1) }.value
    }
    let values: [(DecisionColumn, SQLValue)] = [
      (.step, step.sqlValue), (.outcome, outcome.sqlValue), (.device, device.sqlValue),
      (.assignedDevice, assigned.sqlValue), (.reason, try reader.text("reason").sqlValue),
      (.revision, revision.sqlValue),
      (.seed, try reader.whole("seed", from: .min).sqlValue),
      (.instructions, try reader.whole("instructions", from: .min).sqlValue),
      (.until, until.sqlValue), (.errorKind, errorKind.sqlValue),
      (.errorLine, try reader.optionalInt("error_line").sqlValue),
      (.notes, notes.map { FaithfulJSON.text(of: $0) }.sqlValue),
      (.at, try reader.instant("at").sqlValue), (.dueAt, dueAt.sqlValue), (.attempts, attempts.sqlValue),
      (.lastDevice, try namedDevice(&reader, "last_device", of: tenant).value.sqlValue),
      (.utcOffset, try reader.utcOffset().sqlValue), (.messagesDay, counts[0].sqlValue),
      (.moves, counts[1].sqlValue), (.code, code.sqlValue), (.caught, caught.sqlValue),
      (.waitlist, waitlist.sqlValue),
      (.priority, (priority?.storedUnlessNormal).sqlValue),
    ]
    if (outcome == "use" || outcome == "move") != (device != nil) {
      throw reader.failure("device", expected: "a device for 'use' and 'move', null otherwise")
    }
    if (outcome == "wait") != (until != nil) {
      throw reader.failure("until", expected: "a time for 'wait', null otherwise")
    }
    if outcome != "wait", waitlist != nil {
      throw reader.failure("waitlist", expected: "null unless the outcome is 'wait'")
    }
    return values
  }

  /// The choice that a guard turned into a wait, as columns; nil without a guard.
  private func narrowedChoice(
    _ reader: inout JSONReader, _ tenant: Int, outcome: SQLValue
  ) throws -> [SQLValue]? {
    guard var choice = try reader.optionalObject("narrowed") else { return nil }
    guard outcome.asText == Outcome.wait.rawValue else {
      throw reader.failure("narrowed", expected: "null unless the outcome is 'wait'")
    }
    let revision = try revision(&choice)
    let chosen = try choice.oneOf("outcome", [Outcome.use.rawValue, Outcome.move.rawValue])
    let device = try device(&choice, "device", of: tenant)
    let reason = try choice.text("reason")
    let code = try choice.reasonCode("code").value
    try choice.finish()
    return [revision.sqlValue, chosen.sqlValue, device.sqlValue, reason.sqlValue, code.sqlValue]
  }

  /// Usher's own error texts that a script caught, as the column has them; nil without any.
  private func caught(_ reader: inout JSONReader) throws -> String? {
    var texts: [CaughtText] = []
    for var text in try reader.optionalObjects("caught") ?? [] {
      let code = try text.givenCode("code")
      let words = try text.text("text")
      guard !words.isEmpty else { throw text.failure("text", expected: "the words of an error, at least one byte") }
      texts.append(CaughtText(code, words))
      try text.finish()
    }
    return texts.isEmpty ? nil : JSONText.text(of: texts)
  }

  /// The waitlist as the column has it; nil without one. Its devices need not exist any more.
  private func waitlist(_ reader: inout JSONReader) throws(FieldError) -> String? {
    guard reader.presence(of: "waitlist") == .value else { return nil }
    guard let waitlist = reader.value("waitlist").flatMap(Waitlist.init) else {
      throw reader.failure("waitlist", expected: "\(Waitlist.expectation), or null")
    }
    return JSONText.text(of: waitlist)
  }

  /// Imports never rewrite history.
  private func expectNarrowed(_ narrowed: [SQLValue]?, _ key: Int64, _ number: Int) throws {
    let found = try first(DecisionSQL.findNarrowed, [key]) {
      [$0["revision_id"], $0["outcome"], $0["device_id"], $0["reason"], $0["code"]] as [SQLValue]
    }
    let isSame = found?.elementsEqual(narrowed ?? [], by: { $0.isSame(as: $1) }) ?? (narrowed == nil)
    guard !isSame else { return }
    throw FieldError(
      path: "narrowed", expected: "the recorded values of decision \(number) of the enrolment", found: "other values",
      hint: "imports never rewrite history: import into a new store, or leave the line out")
  }

  /// The key of the decision that a message or an assignment refers to by number.
  mutating func decision(_ reader: JSONReader, _ number: Int, of enrolment: Int64) throws -> Int64 {
    try numberDecisions()
    guard let key = try decision(number, of: enrolment) else {
      throw unknown(
        reader, "decision", "the number of a decision of the enrolment, in the store or earlier in the file")
    }
    return key
  }

  private func decision(_ number: Int, of enrolment: Int64) throws -> Int64? {
    try value(DecisionSQL.numbered, [enrolment, number])
  }

  private func nextDecision(of enrolment: Int64) throws -> Int {
    (try value(DecisionSQL.last, [enrolment], as: Int.self) ?? 0) + 1
  }

  /// Numbers the recorded decisions, once per file that contains any: they have no index for it.
  private mutating func numberDecisions() throws {
    guard !hasDecisionNumbers else { return }
    try db.change(DecisionSQL.create)
    try db.change(DecisionSQL.number)
    hasDecisionNumbers = true
  }
}

private enum DecisionSQL {
  static let find = "SELECT \(DecisionColumn.stored) FROM decisions WHERE id = ?1"
  static let insert =
    DecisionColumn.insert(into: "decisions", owner: ["tenant_id", "sequence_contact_id", "previous_id"])

  static let narrow = """
    INSERT INTO narrowed_choices (decision_id, revision_id, outcome, device_id, reason, code)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    """
  static let findNarrowed = """
    SELECT revision_id, outcome, device_id, reason, code FROM narrowed_choices WHERE decision_id = ?1
    """
  static let link = "UPDATE sequence_contacts SET last_decision_id = ?1 WHERE id = ?2"
  static let create = """
    CREATE TEMP TABLE import_decisions (
      sequence_contact_id BIGINT NOT NULL,
      number BIGINT NOT NULL,
      id BIGINT NOT NULL,
      PRIMARY KEY (sequence_contact_id, number)
    ) WITHOUT ROWID
    """
  static let number = """
    INSERT INTO import_decisions (sequence_contact_id, number, id)
    SELECT sequence_contact_id, row_number() OVER (PARTITION BY sequence_contact_id ORDER BY id), id
    FROM decisions
    """
  static let numbered = """
    SELECT id FROM import_decisions WHERE sequence_contact_id = ?1 AND number = ?2
    """
  static let last = "SELECT max(number) FROM import_decisions WHERE sequence_contact_id = ?1"
  static let remember = "INSERT INTO import_decisions (sequence_contact_id, number, id) VALUES (?1, ?2, ?3)"
}

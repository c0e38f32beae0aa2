internal import GRDB
import Routing
import Wire

private enum SequenceColumn: Int {
  case name, trigger, status, createdAt

  static let audited: [(column: SequenceColumn, name: String, format: Draft<SequenceColumn>.Format)] = [
    (.name, "name", .quoted), (.trigger, "trigger", .plain), (.status, "status", .plain),
  ]
}

/// A step of a sequence line. Both keys are required: a list that left a delay out would reset it (I-56).
private struct StepFields {
  /// The longest delay: ten years, in seconds.
  static let delaySecondsMax = 315_360_000.0

  let delayMilliseconds: Int64
  let content: String

  init(_ reader: inout JSONReader) throws(FieldError) {
    let seconds = try reader.double("delay_s")
    guard seconds >= 0, seconds <= StepFields.delaySecondsMax else {
      throw reader.failure("delay_s", expected: "a delay of 0 to 315360000 seconds")
    }
    delayMilliseconds = Int64((seconds * 1000).rounded())
    content = try reader.label("content", hint: "an empty message is never sent; write its text")
    try reader.finish()
  }
}

extension ImportSession {
  mutating func applySequence(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let id = try reader.identifier("id")
    let name = try reader.named("name") { (r, k) throws(FieldError) in
      try r.label(k, hint: "leave the key out to call the sequence by its id")
    }
    let trigger = try reader.named("trigger") { (r, k) throws(FieldError) in
      try r.label(k, hint: "null is no trigger")
    }
    let status = try reader.given("status") { (r, k) throws(FieldError) in
      try r.oneOf(k, ["draft", "active", "paused", "archived"])
    }
    let steps = try reader.given("steps") { (r, k) throws(FieldError) in
      var steps: [StepFields] = []
      for var step in try r.objects(k) { steps.append(try StepFields(&step)) }
      return steps
    }
    let createdAt = try reader.given("created_at") { (r, k) throws(FieldError) in try r.instant(k) }
    try reader.finish()

    let owner = [tenants[tenant].key.databaseValue, id.databaseValue]
    var draft: Draft<SequenceColumn>
    if let row = try first(SequenceSQL.find, owner) {
      draft = Draft(stored: row)
    } else {
      draft = Draft(new: [id.databaseValue, .null, "active".databaseValue, now.databaseValue])
    }
    draft.set(.name, name, cleared: id.databaseValue)
    draft.set(.trigger, trigger)
    if let status { draft[.status] = status.databaseValue }
    if let createdAt { draft[.createdAt] = createdAt.databaseValue }
    if let key = draft.key, let steps { try checkShortening(of: key, to: steps.count, reader) }

    var (key, change) = try write(draft, owner: owner, insert: SequenceSQL.insert, update: SequenceSQL.update)
    var changes = draft.changes(SequenceColumn.audited)
    if let steps {
      let changed = try write(steps, of: key)
      if !changed.isEmpty, change == .unchanged { change = .updated }
      changes += changed
    }
    if !draft.isNew { try record(changes, of: "sequence \(id)", tenant) }
    tenants[tenant].sequences[Array(id.utf8)] = key
    tenants[tenant].steps[key] = nil
    namedSequences.insert(key)
    return change
  }

  /// Steps that something refers to stay.
  private func checkShortening(of sequence: Int64, to count: Int, _ reader: JSONReader) throws {
    guard let row = try first(SequenceSQL.lastUsedStep, [sequence.databaseValue, count.databaseValue]) else {
      return
    }
    let number: Int = row[0]
    throw FieldError(
      path: reader.path(of: "steps"), expected: "at least \(number) steps", found: "\(count)",
      hint:
        "enrolments, decisions or messages refer to step \(number); make another sequence for fewer"
    )
  }

  /// Writes the steps in their places, so that a step that stays keeps its key (I-56). Returns what
  /// changed.
  private func write(_ steps: [StepFields], of sequence: Int64) throws -> [FieldChange] {
    let stored = try all(SequenceSQL.steps, [sequence.databaseValue])
    var changes: [FieldChange] = []
    for (index, step) in steps.enumerated() {
      let values = [step.delayMilliseconds.databaseValue, step.content.databaseValue]
      if index >= stored.count {
        try run(SequenceSQL.insertStep, [sequence.databaseValue, (index + 1).databaseValue] + values)
        changes.append(FieldChange("step \(index + 1) added"))
        continue
      }
      let (delay, content): (Int64, String) = (stored[index][1], stored[index][2])
      if delay == step.delayMilliseconds, content.utf8.elementsEqual(step.content.utf8) { continue }
      let key: Int64 = stored[index][0]
      try run(SequenceSQL.updateStep, values + [key.databaseValue])
      if delay != step.delayMilliseconds {
        let seconds = { (milliseconds: Int64) in FieldChange.text(Double(milliseconds) / 1000) }
        changes.append(
          FieldChange("step \(index + 1) delay_s", seconds(delay), seconds(step.delayMilliseconds)))
      }
      if !content.utf8.elementsEqual(step.content.utf8) {
        changes.append(FieldChange("step \(index + 1) text", "'\(content)'", "'\(step.content)'"))
      }
    }
    for (index, row) in stored.enumerated().dropFirst(steps.count) {
      let key: Int64 = row[0]
      try run(SequenceSQL.deleteStep, [key.databaseValue])
      changes.append(FieldChange("step \(index + 1) removed"))
    }
    return changes
  }
}

private enum SequenceSQL {
  static let find = """
    SELECT id, name, trigger, status, created_at FROM sequences WHERE tenant_id = ? AND external_id = ?
    """
  static let insert = """
    INSERT INTO sequences (tenant_id, external_id, name, trigger, status, created_at) VALUES (?, ?, ?, ?, ?,
      ?)
    """
  static let update = "UPDATE sequences SET name = ?, trigger = ?, status = ?, created_at = ? WHERE id = ?"
  static let steps = "SELECT id, delay_ms, content FROM sequence_steps WHERE sequence_id = ? ORDER BY ordinal"
  static let insertStep = """
    INSERT INTO sequence_steps (sequence_id, ordinal, delay_ms, content) VALUES (?, ?, ?, ?)
    """
  static let updateStep = "UPDATE sequence_steps SET delay_ms = ?, content = ? WHERE id = ?"
  static let deleteStep = "DELETE FROM sequence_steps WHERE id = ?"
  static let lastUsedStep = """
    SELECT s.ordinal FROM sequence_steps s
    WHERE s.sequence_id = ? AND s.ordinal > ?
      AND (EXISTS (SELECT 1 FROM sequence_contacts WHERE sequence_id = s.sequence_id
        AND current_step = s.ordinal)
        OR EXISTS (SELECT 1 FROM broadcast_messages WHERE sequence_step_id = s.id)
        OR EXISTS (SELECT 1 FROM decisions WHERE sequence_step_id = s.id))
    ORDER BY s.ordinal DESC LIMIT 1
    """
}

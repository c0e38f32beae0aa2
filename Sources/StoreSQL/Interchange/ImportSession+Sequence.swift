import Routing
import Wire

private enum SequenceColumn: Int, DraftColumn {
  case name, trigger, status, createdAt

  var expression: String {
    switch self {
    case .name: "name"
    case .trigger: "trigger"
    case .status: "status"
    case .createdAt: "created_at"
    }
  }

  static let audited: [(column: SequenceColumn, name: String, format: FieldFormat)] = [
    (.name, "name", .quoted), (.trigger, "trigger", .plain), (.status, "status", .plain),
  ]
}

/// A step in a sequence line. `delay_s` and `content` are required: without a delay, the list would reset it (I-56). A
/// step without `priority` keeps the one it has.
private struct StepFields {
  /// The longest delay: ten years, in seconds.
  static let delaySecondsMax = 315_360_000.0

  let delayMilliseconds: Int64
  let content: String
  let priority: Patch<Priority>

  init(_ reader: inout JSONReader) throws(FieldError) {
    let seconds = try reader.double("delay_s")
    guard seconds >= 0, seconds <= StepFields.delaySecondsMax else {
      throw reader.failure("delay_s", expected: "a delay of 0 to 315360000 seconds")
    }
    delayMilliseconds = Int64((seconds * 1000).rounded())
    content = try reader.label("content", hint: "an empty message is never sent; write its text")
    priority = try reader.named("priority") { (r, k) throws(FieldError) in try r.priority(k) }
    try reader.finish()
  }
}

extension ImportSession {
  mutating func applySequence(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let id = try reader.identifier("id")
    let name = try reader.named("name") { (r, k) throws(FieldError) in
      try r.label(k, hint: "leave the key out to use the id as the name")
    }
    let trigger = try reader.named("trigger") { (r, k) throws(FieldError) in
      try r.label(k, hint: "null means no trigger")
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

    let owner: SQLArguments = [tenants[tenant].key, id]
    var draft = try find(SequenceSQL.find, owner) ?? Draft<SequenceColumn>(new: [id, nil, "active", now])
    draft.set(.name, name, cleared: id.sqlValue)
    draft.set(.trigger, trigger)
    if let status { draft[.status] = status.sqlValue }
    if let createdAt { draft[.createdAt] = createdAt.sqlValue }
    if let key = draft.key, let steps { try checkShortening(of: key, to: steps.count, reader) }

    var (key, change) = try write(draft, owner: owner, insert: SequenceSQL.insert, update: SequenceSQL.update)
    var changes = draft.changes(SequenceColumn.audited)
    if let steps {
      let changed = try write(steps, of: key)
      if !draft.isNew, !changed.isEmpty { try causes.add(tenant: tenants[tenant].key, in: db) }
      if !changed.isEmpty, change == .unchanged { change = .updated }
      changes += changed
    }
    if !draft.isNew { try record(changes, of: "sequence \(id)", tenant) }
    tenants[tenant].sequences[Array(id.utf8)] = key
    tenants[tenant].steps[key] = nil
    namedSequences.insert(key)
    return change
  }

  /// Steps that other rows refer to cannot be removed.
  private func checkShortening(of sequence: Int64, to count: Int, _ reader: JSONReader) throws {
    guard let number: Int = try value(SequenceSQL.lastUsedStep, [sequence, count]) else { return }
    throw FieldError(
      path: reader.path(of: "steps"), expected: "at least \(number) steps", found: "\(count)",
      hint:
        "enrolments, decisions or messages refer to step \(number); create another sequence with fewer steps"
    )
  }

  /// Writes steps by position, so that an existing step keeps its key (I-56). Returns the changes.
  private func write(_ steps: [StepFields], of sequence: Int64) throws -> [FieldChange] {
    let stored = try all(SequenceSQL.steps, [sequence]) {
      (
        key: $0["id"] as Int64, delay: $0["delay_ms"] as Int64, content: $0["content"] as String,
        priority: Priority(stored: $0["priority"])
      )
    }
    var changes: [FieldChange] = []
    for (index, step) in steps.enumerated() {
      if index >= stored.count {
        try run(
          SequenceSQL.insertStep,
          [
            sequence, index + 1, step.delayMilliseconds, step.content, (step.priority.value ?? .normal).rawValue,
          ])
        changes.append(FieldChange("step \(index + 1) added"))
        continue
      }
      let (key, delay, content, former) = stored[index]
      let priority = step.priority.isAbsent ? former : step.priority.value ?? .normal
      if priority != former {
        try change(priority, of: key, at: index + 1, of: sequence)
        changes.append(FieldChange("step \(index + 1) priority", former.name, priority.name))
      }
      if delay == step.delayMilliseconds, content.utf8.elementsEqual(step.content.utf8) { continue }
      try run(SequenceSQL.updateStep, [step.delayMilliseconds, step.content, key])
      if delay != step.delayMilliseconds {
        let seconds = { (milliseconds: Int64) in FieldChange.text(Double(milliseconds) / 1000) }
        changes.append(
          FieldChange("step \(index + 1) delay_s", seconds(delay), seconds(step.delayMilliseconds)))
      }
      if !content.utf8.elementsEqual(step.content.utf8) {
        changes.append(FieldChange("step \(index + 1) text", "'\(content)'", "'\(step.content)'"))
      }
    }
    for (index, step) in stored.enumerated().dropFirst(steps.count) {
      try run(SequenceSQL.deleteStep, [step.key])
      changes.append(FieldChange("step \(index + 1) removed"))
    }
    return changes
  }
}

extension ImportSession {
  /// Changes a step's priority, and with it the place of the contacts that wait at the step. Queued messages keep theirs.
  private func change(_ priority: Priority, of step: Int64, at ordinal: Int, of sequence: Int64) throws {
    try run(SequenceSQL.updatePriority, [priority.rawValue, step])
    try run(SequenceSQL.updateWaits, [priority.rawValue, sequence, ordinal])
  }
}

private enum SequenceSQL {
  static let find = "SELECT \(SequenceColumn.stored) FROM sequences WHERE tenant_id = ?1 AND external_id = ?2"
  static let insert = SequenceColumn.insert(into: "sequences", owner: ["tenant_id", "external_id"])
  static let update = SequenceColumn.update("sequences")
  static let steps =
    "SELECT id, delay_ms, content, priority FROM sequence_steps WHERE sequence_id = ?1 ORDER BY ordinal"
  static let insertStep = """
    INSERT INTO sequence_steps (sequence_id, ordinal, delay_ms, content, priority) VALUES (?1, ?2, ?3, ?4, ?5)
    """
  static let updateStep = "UPDATE sequence_steps SET delay_ms = ?1, content = ?2 WHERE id = ?3"
  static let updatePriority = "UPDATE sequence_steps SET priority = ?1 WHERE id = ?2"
  static let updateWaits = """
    UPDATE sequence_contacts SET priority = ?1 WHERE sequence_id = ?2 AND current_step = ?3 AND status = 'waiting'
    """
  static let deleteStep = "DELETE FROM sequence_steps WHERE id = ?1"
  static let lastUsedStep = """
    SELECT s.ordinal FROM sequence_steps s
    WHERE s.sequence_id = ?1 AND s.ordinal > ?2
      AND (EXISTS (SELECT 1 FROM sequence_contacts WHERE sequence_id = s.sequence_id
        AND current_step = s.ordinal)
        OR EXISTS (SELECT 1 FROM broadcast_messages WHERE sequence_step_id = s.id)
        OR EXISTS (SELECT 1 FROM decisions WHERE sequence_step_id = s.id))
    ORDER BY s.ordinal DESC LIMIT 1
    """
}

internal import GRDB
import Routing
import Wire

/// The columns of an enrolment as the statements here have them.
enum EnrolmentColumn: Int {
  case id, phone, assignedDevice, status, step, dueAt, nextAt, reason, capacityAt, attempts, lastDevice
  case enrolledAt, endedAt, moves

  /// What a person sets, other than the device.
  static let audited: [(column: EnrolmentColumn, name: String, format: Draft<EnrolmentColumn>.Format)] = [
    (.id, "id", .plain), (.status, "status", .plain), (.reason, "reason", .quoted), (.step, "step", .plain),
    (.dueAt, "due_at", .instant),
  ]
}

/// The fields of an enrolment line.
private struct EnrolmentFields {
  var id, phone: String?
  var status: EnrolmentStatus?
  var step: Int?
  var dueAt, enrolledAt: Int64?
  var nextAt, capacityAt, endedAt: Named<Int64>
  var reason: Named<String>
  var attempts, moves: Int?

  init(_ reader: inout JSONReader) throws(FieldError) {
    let instant = { (r: inout JSONReader, k: String) throws(FieldError) -> Int64 in try r.instant(k) }
    id = try reader.given("id") { (r, k) throws(FieldError) in
      try r.label(k, hint: "leave the key out for SEQUENCE/LEAD")
    }
    phone = try reader.given("phone") { (r, k) throws(FieldError) in try r.phone(k) }
    status = try reader.given("status") { (r, k) throws(FieldError) in
      try EnrolmentStatus(rawValue: r.oneOf(k, EnrolmentStatus.allCases.map(\.rawValue)))!
    }
    step = try reader.given("step") { (r, k) throws(FieldError) in try r.whole(k, from: 1) }
    dueAt = try reader.given("due_at", instant)
    nextAt = try reader.named("next_at", instant)
    reason = try reader.named("reason") { (r, k) throws(FieldError) in
      try r.label(k, hint: "null is no reason")
    }
    capacityAt = try reader.named("capacity_at", instant)
    attempts = try reader.given("attempts") { (r, k) throws(FieldError) in try r.whole(k, to: ImportSession.countMax) }
    moves = try reader.given("moves") { (r, k) throws(FieldError) in try r.whole(k, to: ImportSession.countMax) }
    enrolledAt = try reader.given("enrolled_at", instant)
    endedAt = try reader.named("ended_at", instant)
  }
}

extension ImportSession {
  mutating func applyEnrolment(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let sequence = try sequence(&reader, of: tenant)
    let lead = try lead(&reader, of: tenant)
    let assigned = try namedDevice(&reader, "assigned_device", of: tenant)
    let lastDevice = try namedDevice(&reader, "last_device", of: tenant)
    let fields = try EnrolmentFields(&reader)
    try reader.finish()
    let steps = try tenants.steps(of: sequence, tenant: tenant, db)

    let owner = [tenants[tenant].key.databaseValue, sequence.databaseValue, lead[0] as DatabaseValue]
    var draft: Draft<EnrolmentColumn>
    if let row = try first(EnrolmentSQL.find, Array(owner.dropFirst())) {
      draft = Draft(stored: row)
    } else {
      draft = newEnrolment(fields, lead, reader)
    }
    if let id = fields.id { draft[.id] = id.databaseValue }
    if let phone = fields.phone { draft[.phone] = phone.databaseValue }
    draft.set(.assignedDevice, assigned)
    draft.set(.lastDevice, lastDevice)
    if let moves = fields.moves { draft[.moves] = moves.databaseValue }
    if let enrolledAt = fields.enrolledAt { draft[.enrolledAt] = enrolledAt.databaseValue }
    if let step = fields.step { draft[.step] = step.databaseValue }
    let step = Int.fromDatabaseValue(draft[.step])!
    guard step <= steps.count else { throw beyondLastStep(reader, "step", steps.count) }
    if let dueAt = fields.dueAt {
      draft[.dueAt] = dueAt.databaseValue
    } else if draft.isNew {
      let enrolledAt = Int64.fromDatabaseValue(draft[.enrolledAt])!
      let (dueAt, overflow) = enrolledAt.addingReportingOverflow(steps[step - 1].delayMilliseconds)
      draft[.dueAt] = (overflow ? .max : dueAt).databaseValue
    }
    if !draft.isNew, !draft.differs(.step), let before = Int64.fromDatabaseValue(draft.before(.dueAt)),
      let after = Int64.fromDatabaseValue(draft[.dueAt]), after < before
    {
      // The delay after the step before it is a promise (I-24, I-28).
      throw reader.failure(
        "due_at", expected: "no earlier than \(Instant(milliseconds: before).rfc3339), when the step is due")
    }
    try checkID(draft, tenant, reader)
    try settle(fields, &draft, reader)
    let isAwaited = try awaitsMessage(&draft, steps[step - 1].key, reader)

    let (key, change) = try write(
      draft, owner: owner, insert: EnrolmentSQL.insert, update: EnrolmentSQL.update)
    if isAwaited { awaitedMessages[key] = AwaitedMessage(line: line, step: step) }
    if change == .updated, audit != nil { try recordChanges(of: draft, tenant) }
    if draft.differs(.assignedDevice), let device = Int64.fromDatabaseValue(draft[.assignedDevice]) {
      unexplainedAssignments[key] = UnexplainedAssignment(tenant: tenants[tenant].key, device: device)
    }
    return change
  }

  private func recordChanges(of draft: Draft<EnrolmentColumn>, _ tenant: Int) throws {
    var changes = draft.changes(EnrolmentColumn.audited)
    if draft.differs(.assignedDevice) {
      let device = { (key: DatabaseValue) throws in
        try first("SELECT external_id FROM user_devices WHERE id = ?", [key]).map { $0[0] as String }
      }
      changes.append(
        FieldChange("assigned_device", try device(draft.before(.assignedDevice)), try device(draft[.assignedDevice])))
    }
    try record(changes, of: "contact \(String.fromDatabaseValue(draft[.id]) ?? "")", tenant)
  }

  /// A new enrolment belongs to its lead's device, as one made by a trigger does.
  private func newEnrolment(_ fields: EnrolmentFields, _ lead: ImportRow, _ reader: JSONReader)
    -> Draft<EnrolmentColumn>
  {
    var id = ""
    if case .string(let sequence)? = reader.source["sequence"],
      case .string(let lead)? = reader.source["lead"]
    {
      id = "\(sequence)/\(lead)"
    }
    return Draft(new: [
      id.databaseValue, lead[1], lead[2], EnrolmentStatus.scheduled.rawValue.databaseValue, 1.databaseValue,
      now.databaseValue, .null, .null, .null, 0.databaseValue, .null, now.databaseValue, .null,
      0.databaseValue,
    ])
  }

  /// Two pairs of sequence and lead can make one id when ids have a slash.
  private func checkID(_ draft: Draft<EnrolmentColumn>, _ tenant: Int, _ reader: JSONReader) throws {
    guard draft.differs(.id),
      try first(EnrolmentSQL.findID, [tenants[tenant].key.databaseValue, draft[.id]]) != nil
    else { return }
    throw FieldError(
      path: reader.path(of: "id"), expected: "an id that no other enrolment of the tenant has",
      found: JSONValue.string(String.fromDatabaseValue(draft[.id]) ?? "").briefly, hint: "name another id")
  }

  /// Makes status, times and reason fit each other, as the schema has it.
  private func settle(
    _ fields: EnrolmentFields, _ draft: inout Draft<EnrolmentColumn>, _ reader: JSONReader
  ) throws {
    let isMoved = draft.differs(.step) || draft.differs(.dueAt)
    var status = EnrolmentStatus(rawValue: String.fromDatabaseValue(draft[.status])!)!
    if let named = fields.status {
      status = named
    } else if isMoved, status == .waiting {
      // What made it wait was decided for another step or moment.
      status = .scheduled
    }
    if !draft.isNew, draft.differs(.step) { draft[.attempts] = 0.databaseValue }
    if let attempts = fields.attempts { draft[.attempts] = attempts.databaseValue }
    draft[.status] = status.rawValue.databaseValue
    if draft.differs(.status) { draft[.reason] = .null }
    draft.set(.reason, fields.reason)
    let isReasonDue = status == .waiting || status == .failed || status == .cancelled
    if isReasonDue, draft[.reason].isNull {
      throw reader.failure("reason", expected: "a reason for an enrolment that is \(status.rawValue)")
    }

    let isTimed = status == .scheduled || status == .waiting
    if !isTimed || isMoved || draft[.nextAt].isNull { draft[.nextAt] = isTimed ? draft[.dueAt] : .null }
    if let nextAt = fields.nextAt.value {
      guard isTimed else {
        throw reader.failure("next_at", expected: "null for an enrolment that is \(status.rawValue)")
      }
      draft[.nextAt] = nextAt.databaseValue
    }
    if status.isOpen {
      draft[.endedAt] = .null
    } else if draft[.endedAt].isNull {
      draft[.endedAt] = now.databaseValue
    }
    if let endedAt = fields.endedAt.value {
      guard !status.isOpen else {
        throw reader.failure("ended_at", expected: "null for an enrolment that is \(status.rawValue)")
      }
      draft[.endedAt] = endedAt.databaseValue
    }
    draft.set(.capacityAt, fields.capacityAt)
    if status != .waiting { draft[.capacityAt] = .null }
  }
}

private enum EnrolmentSQL {
  static let find = """
    SELECT id, external_id, contact_phone, assigned_device_id, status, current_step, due_at, next_at, reason,
      capacity_at, attempts, last_device_id, enrolled_at, ended_at, moves
    FROM sequence_contacts WHERE sequence_id = ? AND lead_id = ?
    """
  static let insert = """
    INSERT INTO sequence_contacts (tenant_id, sequence_id, lead_id, external_id, contact_phone,
      assigned_device_id, status, current_step, due_at, next_at, reason, capacity_at, attempts,
      last_device_id, enrolled_at, ended_at, moves)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """
  static let update = """
    UPDATE sequence_contacts SET external_id = ?, contact_phone = ?, assigned_device_id = ?, status = ?,
      current_step = ?, due_at = ?, next_at = ?, reason = ?, capacity_at = ?, attempts = ?,
      last_device_id = ?, enrolled_at = ?, ended_at = ?, moves = ?
    WHERE id = ?
    """
  static let findID = "SELECT 1 FROM sequence_contacts WHERE tenant_id = ? AND external_id = ?"
}

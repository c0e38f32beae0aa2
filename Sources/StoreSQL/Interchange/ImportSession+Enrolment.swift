import Routing
import Wire

/// The columns of an enrolment that a line sets.
enum EnrolmentColumn: Int, DraftColumn {
  case id, phone, assignedDevice, status, step, dueAt, nextAt, reason, capacityAt, attempts, lastDevice
  case enrolledAt, endedAt, moves, code, waitlist, priority

  var expression: String {
    switch self {
    case .id: "external_id"
    case .phone: "contact_phone"
    case .assignedDevice: "assigned_device_id"
    case .status: "status"
    case .step: "current_step"
    case .dueAt: "due_at"
    case .nextAt: "next_at"
    case .reason: "reason"
    case .capacityAt: "capacity_at"
    case .attempts: "attempts"
    case .lastDevice: "last_device_id"
    case .enrolledAt: "enrolled_at"
    case .endedAt: "ended_at"
    case .moves: "moves"
    case .code: "code"
    case .waitlist: "waitlist_id"
    case .priority: "priority"
    }
  }

  /// The columns that a person sets, except the device.
  static let audited: [(column: EnrolmentColumn, name: String, format: FieldFormat)] = [
    (.id, "id", .plain), (.status, "status", .plain), (.reason, "reason", .quoted), (.step, "step", .plain),
    (.dueAt, "due_at", .instant),
  ]
}

/// The values of an enrolment line.
private struct EnrolmentFields {
  var id, phone: String?
  var status: EnrolmentStatus?
  var step: Int?
  var dueAt, enrolledAt: Int64?
  var nextAt, capacityAt, endedAt: Patch<Int64>
  var reason, code: Patch<String>
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
      try r.label(k, hint: "null means no reason")
    }
    code = try reader.reasonCode("code")
    // Without its reason it could become the code of words that a script wrote.
    guard code.isAbsent || !reason.isAbsent, code.value == nil || reason.value != nil else {
      throw reader.failure(
        "code", expected: "a code only in a line with its 'reason'",
        hint: "give both as an export has them, or leave 'code' out")
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
    let waitlist = try waitlist(&reader, of: tenant)
    let fields = try EnrolmentFields(&reader)
    try reader.finish()
    let steps = try tenants.steps(of: sequence, tenant: tenant, db)

    let owner: SQLArguments = [tenants[tenant].key, sequence, lead.key]
    var draft = try find(EnrolmentSQL.find, [sequence, lead.key]) ?? newEnrolment(fields, lead, reader)
    if let id = fields.id { draft[.id] = id.sqlValue }
    if let phone = fields.phone { draft[.phone] = phone.sqlValue }
    draft.set(.assignedDevice, assigned)
    draft.set(.lastDevice, lastDevice)
    if let moves = fields.moves { draft[.moves] = moves.sqlValue }
    if let enrolledAt = fields.enrolledAt { draft[.enrolledAt] = enrolledAt.sqlValue }
    if let step = fields.step { draft[.step] = step.sqlValue }
    let step = Int(draft[.step].asInteger!)
    guard step <= steps.count else { throw beyondLastStep(reader, "step", steps.count) }
    if let dueAt = fields.dueAt {
      draft[.dueAt] = dueAt.sqlValue
    } else if draft.isNew {
      let enrolledAt = draft[.enrolledAt].asInteger!
      let (dueAt, overflow) = enrolledAt.addingReportingOverflow(steps[step - 1].delayMilliseconds)
      draft[.dueAt] = (overflow ? Int64.max : dueAt).sqlValue
    }
    if !draft.isNew, !draft.differs(.step), let before = draft.before(.dueAt).asInteger,
      let after = draft[.dueAt].asInteger, after < before
    {
      // The delay after the previous step is guaranteed (I-24, I-28).
      throw reader.failure(
        "due_at", expected: "no earlier than \(Instant(milliseconds: before).rfc3339), when the step is due")
    }
    try checkID(draft, tenant, reader)
    try reconcileStatus(fields, &draft, reader)
    draft.set(.waitlist, waitlist)
    if draft[.status].asText != EnrolmentStatus.waiting.rawValue {
      guard waitlist.value == nil else {
        throw reader.failure("waitlist", expected: "null for an enrolment that is \(draft[.status].asText ?? "")")
      }
      draft[.waitlist] = .null
    }
    if draft[.status].asText == EnrolmentStatus.waiting.rawValue {
      draft[.priority] = steps[step - 1].priority.rawValue.sqlValue
    }
    // A corrected row is decided at once, unless the line says when.
    if fields.nextAt.isAbsent, draft.changesAny(of: EnrolmentColumn.ending), let nextAt = draft[.nextAt].asInteger,
      draft[.status].asText == EnrolmentStatus.waiting.rawValue
    {
      draft[.nextAt] = min(nextAt, max(now, draft[.dueAt].asInteger ?? now)).sqlValue
    }
    let isAwaited = try awaitsMessage(&draft, steps[step - 1].key, reader)

    let (key, change) = try write(
      draft, owner: owner, insert: EnrolmentSQL.insert, update: EnrolmentSQL.update)
    if isAwaited { awaitedMessages[key] = AwaitedMessage(line: line, step: step) }
    // A line that states when the contact is decided next has the last word.
    if change == .updated, fields.nextAt.isAbsent { try releaseFaults(ofLead: lead.key, tenant) }
    if change == .updated, audit != nil { try recordChanges(of: draft, tenant) }
    if draft.differs(.assignedDevice), let device = draft[.assignedDevice].asInteger {
      unexplainedAssignments[key] = UnexplainedAssignment(tenant: tenants[tenant].key, device: device)
    }
    return change
  }

  private func recordChanges(of draft: Draft<EnrolmentColumn>, _ tenant: Int) throws {
    var changes = draft.changes(EnrolmentColumn.audited)
    if draft.differs(.assignedDevice) {
      let device = { (key: SQLValue) throws in
        try value("SELECT external_id FROM user_devices WHERE id = ?1", [key], as: String.self)
      }
      changes.append(
        FieldChange("assigned_device", try device(draft.before(.assignedDevice)), try device(draft[.assignedDevice])))
    }
    try record(changes, of: "contact \(draft[.id].asText ?? "")", tenant)
  }

  /// A new enrolment gets its lead's device, as one made by a trigger does.
  private func newEnrolment(_ fields: EnrolmentFields, _ lead: ImportedLead, _ reader: JSONReader)
    -> Draft<EnrolmentColumn>
  {
    var id = ""
    if case .string(let sequence)? = reader.source["sequence"],
      case .string(let lead)? = reader.source["lead"]
    {
      id = ContactID(sequence: sequence, lead: lead).text
    }
    return Draft(new: [
      id, lead.phone, lead.device, EnrolmentStatus.scheduled.rawValue, 1, now, nil, nil, nil, 0, nil, now, nil, 0,
      nil, nil, Priority.normal.rawValue,
    ])
  }

  /// If ids contain a slash, two pairs of sequence and lead can give the same id.
  private func checkID(_ draft: Draft<EnrolmentColumn>, _ tenant: Int, _ reader: JSONReader) throws {
    guard draft.differs(.id),
      try exists(EnrolmentSQL.findID, [tenants[tenant].key, draft[.id]])
    else { return }
    throw FieldError(
      path: reader.path(of: "id"), expected: "an id that no other enrolment of the tenant has",
      found: JSONValue.string(draft[.id].asText ?? "").briefly, hint: "use another id")
  }

  /// Makes status, times and reason consistent, as the schema requires.
  private func reconcileStatus(
    _ fields: EnrolmentFields, _ draft: inout Draft<EnrolmentColumn>, _ reader: JSONReader
  ) throws {
    let isMoved = draft.differs(.step) || draft.differs(.dueAt)
    var status = EnrolmentStatus(rawValue: draft[.status].asText!)!
    if let named = fields.status {
      status = named
    } else if isMoved, status == .waiting {
      // The reason to wait applied to another step or time.
      status = .scheduled
    }
    if !draft.isNew, draft.differs(.step) { draft[.attempts] = 0.sqlValue }
    if let attempts = fields.attempts { draft[.attempts] = attempts.sqlValue }
    draft[.status] = status.rawValue.sqlValue
    if draft.differs(.status) { draft[.reason] = .null }
    draft.set(.reason, fields.reason)
    // A code belongs to its reason.
    if draft.differs(.reason) { draft[.code] = .null }
    draft.set(.code, fields.code)
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
      draft[.nextAt] = nextAt.sqlValue
    }
    if status.isOpen {
      draft[.endedAt] = .null
    } else if draft[.endedAt].isNull {
      draft[.endedAt] = now.sqlValue
    }
    if let endedAt = fields.endedAt.value {
      guard !status.isOpen else {
        throw reader.failure("ended_at", expected: "null for an enrolment that is \(status.rawValue)")
      }
      draft[.endedAt] = endedAt.sqlValue
    }
    draft.set(.capacityAt, fields.capacityAt)
    if status != .waiting { draft[.capacityAt] = .null }
  }
}

private enum EnrolmentSQL {
  static let find = """
    SELECT \(EnrolmentColumn.stored) FROM sequence_contacts WHERE sequence_id = ?1 AND lead_id = ?2
    """
  static let insert =
    EnrolmentColumn.insert(into: "sequence_contacts", owner: ["tenant_id", "sequence_id", "lead_id"])
  static let update = EnrolmentColumn.update("sequence_contacts")
  static let findID = "SELECT 1 FROM sequence_contacts WHERE tenant_id = ?1 AND external_id = ?2"
}

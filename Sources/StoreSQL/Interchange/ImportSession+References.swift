import Wire

/// References of a line: each target must be in the store or earlier in the file, and belong to the line's tenant
/// (I-51).
extension ImportSession {
  /// The index of the line's tenant in `tenants`.
  mutating func tenant(_ reader: inout JSONReader) throws -> Int {
    let id = try reader.identifier("tenant")
    guard let place = try tenants.place(of: id, db) else {
      throw unknown(reader, "tenant", "a tenant in the store or earlier in the file")
    }
    return place
  }

  func device(_ reader: inout JSONReader, _ key: String, of tenant: Int) throws -> Int64 {
    let id = try reader.identifier(key)
    guard let device = tenants[tenant].devices[Array(id.utf8)] else {
      throw unknown(
        reader, key, "a device of tenant '\(tenants[tenant].id)', in the store or earlier in the file")
    }
    return device
  }

  /// A device; the key may be absent or null.
  func namedDevice(_ reader: inout JSONReader, _ key: String, of tenant: Int) throws -> Patch<Int64> {
    switch reader.presence(of: key) {
    case .absent: .absent
    case .null: .null
    case .value: .value(try device(&reader, key, of: tenant))
    }
  }

  func sequence(_ reader: inout JSONReader, of tenant: Int) throws -> Int64 {
    let id = try reader.identifier("sequence")
    guard let sequence = tenants[tenant].sequences[Array(id.utf8)] else {
      throw unknown(
        reader, "sequence",
        "a sequence of tenant '\(tenants[tenant].id)', in the store or earlier in the file")
    }
    return sequence
  }

  func lead(_ reader: inout JSONReader, of tenant: Int) throws -> ImportedLead {
    let id = try reader.identifier("lead")
    guard let lead = try first(ReferenceSQL.lead, [tenants[tenant].key, id], ImportedLead.init) else {
      throw unknown(
        reader, "lead", "a lead of tenant '\(tenants[tenant].id)', in the store or earlier in the file")
    }
    return lead
  }

  /// The key of a step by its number.
  mutating func step(
    _ reader: inout JSONReader, _ key: String, of sequence: Int64, tenant: Int
  ) throws -> (number: Int, key: Int64) {
    let number = try reader.whole(key, from: 1)
    let steps = try tenants.steps(of: sequence, tenant: tenant, db)
    guard number <= steps.count else { throw beyondLastStep(reader, key, steps.count) }
    return (number, steps[number - 1].key)
  }

  func beyondLastStep(_ reader: JSONReader, _ key: String, _ last: Int) -> FieldError {
    let expected = last == 0 ? "a step, and the sequence has none" : "a step of the sequence: 1 to \(last)"
    return reader.failure(key, expected: expected, hint: "add steps to the sequence first")
  }

  /// The enrolment that a line of its history refers to.
  mutating func enrolment(_ reader: inout JSONReader, of tenant: Int) throws -> ImportedEnrolment {
    let sequence = try sequence(&reader, of: tenant)
    let lead = try lead(&reader, of: tenant)
    let found = try first(ReferenceSQL.enrolment, [sequence, lead.key]) {
      ImportedEnrolment(
        key: $0[EnrolmentReference.key], sequence: sequence, status: $0[EnrolmentReference.status],
        step: $0[EnrolmentReference.step], lastDecision: $0[EnrolmentReference.lastDecision], phone: lead.phone)
    }
    guard let found else {
      throw unknown(
        reader, "lead", "a lead that is enrolled in the sequence, in the store or earlier in the file")
    }
    return found
  }

  func unknown(_ reader: JSONReader, _ key: String, _ expected: String) -> FieldError {
    reader.failure(key, expected: expected, hint: "import it before this line, or correct the id")
  }
}

/// The values of a lead that other lines need.
struct ImportedLead {
  let key: Int64
  let phone: String
  let device: Int64?

  /// From a row of `ReferenceSQL.lead`.
  fileprivate init(_ row: SQLRow) {
    key = row[LeadReference.key]
    phone = row[LeadReference.phone]
    device = row[LeadReference.device]
  }
}

/// The values of an enrolment that its history needs.
struct ImportedEnrolment {
  var key: Int64
  var sequence: Int64
  var status: String
  var step: Int
  var lastDecision: Int64?
  /// The lead's phone.
  var phone: String
}

private enum LeadReference: Int, SQLColumn {
  case key, phone, device

  var expression: String {
    switch self {
    case .key: "id"
    case .phone: "phone"
    case .device: "device_id"
    }
  }
}

private enum EnrolmentReference: Int, SQLColumn {
  case key, status, step, lastDecision

  var expression: String {
    switch self {
    case .key: "id"
    case .status: "status"
    case .step: "current_step"
    case .lastDecision: "last_decision_id"
    }
  }
}

private enum ReferenceSQL {
  static let lead = "SELECT \(LeadReference.select) FROM leads WHERE tenant_id = ?1 AND external_id = ?2"
  static let enrolment = """
    SELECT \(EnrolmentReference.select) FROM sequence_contacts WHERE sequence_id = ?1 AND lead_id = ?2
    """
}

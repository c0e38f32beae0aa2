internal import GRDB
import Wire

/// What a line refers to: each must be in the store or earlier in the file, and of the line's own tenant
/// (I-51).
extension ImportSession {
  /// The place of the line's tenant in `tenants`.
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

  /// A device that may be absent or null.
  func namedDevice(_ reader: inout JSONReader, _ key: String, of tenant: Int) throws -> Named<Int64> {
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

  /// A lead's key, phone and device.
  func lead(_ reader: inout JSONReader, of tenant: Int) throws -> ImportRow {
    let id = try reader.identifier("lead")
    let sql = "SELECT id, phone, device_id FROM leads WHERE tenant_id = ? AND external_id = ?"
    guard let lead = try first(sql, [tenants[tenant].key.databaseValue, id.databaseValue]) else {
      throw unknown(
        reader, "lead", "a lead of tenant '\(tenants[tenant].id)', in the store or earlier in the file")
    }
    return lead
  }

  /// A step's key by its number.
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

  /// The enrolment that a line of its history names.
  mutating func enrolment(_ reader: inout JSONReader, of tenant: Int) throws -> ImportedEnrolment {
    let sequence = try sequence(&reader, of: tenant)
    let lead = try lead(&reader, of: tenant)
    let sql = """
      SELECT id, status, current_step, last_decision_id FROM sequence_contacts
      WHERE sequence_id = ? AND lead_id = ?
      """
    let key: Int64 = lead[0]
    guard let row = try first(sql, [sequence.databaseValue, key.databaseValue]) else {
      throw unknown(
        reader, "lead", "a lead that is enrolled in the sequence, in the store or earlier in the file")
    }
    return ImportedEnrolment(
      key: row[0], sequence: sequence, status: row[1], step: row[2], lastDecision: row[3], phone: lead[1])
  }

  func unknown(_ reader: JSONReader, _ key: String, _ expected: String) -> FieldError {
    reader.failure(key, expected: expected, hint: "import it before this line, or correct the id")
  }
}

/// An enrolment as far as its history needs it.
struct ImportedEnrolment {
  var key: Int64
  var sequence: Int64
  var status: String
  var step: Int
  var lastDecision: Int64?
  /// The lead's phone.
  var phone: String
}

import Routing
import Wire

/// Previous values of leads, enrolments and steps, valid for decisions up to the one that a line names.
extension ImportSession {
  mutating func applyLeadHistory(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let enrolment = try enrolment(&reader, of: tenant)
    let number = try reader.whole("number", from: 1)
    let name = try reader.optionalText("name")
    let tags = try reader.strings("tags")
    let attributes = try reader.scalars("attributes")
    try reader.finish()
    let through = try decision(reader, number, of: enrolment.key)
    let lead: Int64? = try value(HistorySQL.lead, [enrolment.key])
    let (tagText, attributeText) = (FaithfulJSON.text(of: tags), FaithfulJSON.text(of: .object(attributes)))
    return try apply(.leads, lead, through, [name, tagText, attributeText])
  }

  mutating func applyEnrolmentHistory(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let enrolment = try enrolment(&reader, of: tenant)
    let number = try reader.whole("number", from: 1)
    let (id, phone) = (try reader.text("id"), try reader.text("phone"))
    try reader.finish()
    let through = try decision(reader, number, of: enrolment.key)
    return try apply(.enrolments, enrolment.key, through, [id, phone])
  }

  mutating func applyStepHistory(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let enrolment = try enrolment(&reader, of: tenant)
    let number = try reader.whole("number", from: 1)
    let step = try step(&reader, "step", of: enrolment.sequence, tenant: tenant)
    let content = try reader.text("content")
    try reader.finish()
    let through = try decision(reader, number, of: enrolment.key)
    return try apply(.steps, step.key, through, [content])
  }

  /// Unchanged if the stored values for that decision equal the line's; otherwise records the line's. Throws if this
  /// decision already has other values on record.
  private func apply(
    _ table: HistorySQL, _ owner: Int64?, _ through: Int64, _ values: SQLArguments
  ) throws -> ImportChange {
    let stored = try first(table.find, [owner, through]) { row in
      (through: row["through_decision_id"] as Int64, values: table.columns.map { row[$0] as SQLValue })
    }
    if let stored {
      if zip(stored.values, values.values).allSatisfy({ $0.isSame(as: $1) }) { return .unchanged }
      guard stored.through != through else {
        throw FieldError(
          path: "number", expected: "the values recorded for that decision", found: "other values",
          hint: "imports never rewrite history: import into a new store, or leave the line out")
      }
    }
    let row: SQLArguments = [owner, through]
    try run(table.insert, row + values)
    return .created
  }
}

private struct HistorySQL {
  let find: String
  let insert: String
  let columns: [String]

  private init(_ table: String, _ key: String, _ columns: [String]) {
    self.columns = columns
    let names = columns.joined(separator: ", ")
    let parameters = columns.indices.map { "?\($0 + 3)" }.joined(separator: ", ")
    find = """
      SELECT through_decision_id, \(names) FROM \(table)
      WHERE \(key) = ?1 AND through_decision_id >= ?2 ORDER BY through_decision_id LIMIT 1
      """
    insert = "INSERT INTO \(table) (\(key), through_decision_id, \(names)) VALUES (?1, ?2, \(parameters))"
  }

  static let lead = "SELECT lead_id FROM sequence_contacts WHERE id = ?1"
  static let leads = HistorySQL("lead_history", "lead_id", ["name", "tags", "attributes"])
  static let enrolments = HistorySQL("enrolment_history", "sequence_contact_id", ["external_id", "contact_phone"])
  static let steps = HistorySQL("step_history", "sequence_step_id", ["content"])
}

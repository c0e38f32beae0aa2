internal import GRDB
import Wire

/// What leads, enrolments and steps held before they were changed, for the decisions up to the one that a line names.
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
    let lead: Int64? = try first(HistorySQL.lead, [enrolment.key.databaseValue])?[0]
    return try apply(
      .leads, lead.databaseValue, through,
      [
        name.databaseValue, FaithfulJSON.text(of: .array(tags.map { .string($0) })).databaseValue,
        FaithfulJSON.text(of: .object(attributes)).databaseValue,
      ])
  }

  mutating func applyEnrolmentHistory(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let enrolment = try enrolment(&reader, of: tenant)
    let number = try reader.whole("number", from: 1)
    let (id, phone) = (try reader.text("id"), try reader.text("phone"))
    try reader.finish()
    let through = try decision(reader, number, of: enrolment.key)
    return try apply(.enrolments, enrolment.key.databaseValue, through, [id.databaseValue, phone.databaseValue])
  }

  mutating func applyStepHistory(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let enrolment = try enrolment(&reader, of: tenant)
    let number = try reader.whole("number", from: 1)
    let step = try step(&reader, "step", of: enrolment.sequence, tenant: tenant)
    let content = try reader.text("content")
    try reader.finish()
    let through = try decision(reader, number, of: enrolment.key)
    return try apply(.steps, step.key.databaseValue, through, [content.databaseValue])
  }

  /// What is on record for the decision says the same already, or the values become what is on record for it.
  private func apply(
    _ table: HistorySQL, _ owner: DatabaseValue, _ through: Int64, _ values: [DatabaseValue]
  ) throws -> ImportChange {
    if let row = try first(table.find, [owner, through.databaseValue]) {
      if zip(row.values.dropFirst(), values).allSatisfy({ $0.isSame(as: $1) }) { return .unchanged }
      let found: Int64 = row[0]
      guard found != through else {
        throw FieldError(
          path: "number", expected: "what was on record at that decision", found: "another",
          hint: "history is not rewritten: import into a new store, or leave the line out")
      }
    }
    try run(table.insert, [owner, through.databaseValue] + values)
    return .created
  }
}

private struct HistorySQL {
  let find: String
  let insert: String

  private init(_ table: String, _ key: String, _ columns: [String]) {
    find = """
      SELECT through_decision_id, \(columns.joined(separator: ", ")) FROM \(table)
      WHERE \(key) = ? AND through_decision_id >= ? ORDER BY through_decision_id LIMIT 1
      """
    insert = """
      INSERT INTO \(table) (\(key), through_decision_id, \(columns.joined(separator: ", ")))
      VALUES (?, ?\(String(repeating: ", ?", count: columns.count)))
      """
  }

  static let lead = "SELECT lead_id FROM sequence_contacts WHERE id = ?"
  static let leads = HistorySQL("lead_history", "lead_id", ["name", "tags", "attributes"])
  static let enrolments = HistorySQL("enrolment_history", "sequence_contact_id", ["external_id", "contact_phone"])
  static let steps = HistorySQL("step_history", "sequence_step_id", ["content"])
}

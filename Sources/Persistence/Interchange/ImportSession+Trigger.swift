internal import GRDB
import Wire

private enum TriggerColumn: Int {
  case nextAt, waitReason, consumedAt, consumedReason, createdAt
}

extension ImportSession {
  /// A trigger of a lead with its state. Hand-written files name open triggers on the lead's own line.
  mutating func applyTrigger(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let lead = try lead(&reader, of: tenant)
    let name = try reader.label("trigger", hint: "name the trigger")
    let nextAt = try reader.named("next_at") { (r, k) throws(FieldError) in try r.instant(k) }
    let waitReason = try reader.named("wait_reason") { (r, k) throws(FieldError) in try r.text(k) }
    let consumedAt = try reader.named("consumed_at") { (r, k) throws(FieldError) in try r.instant(k) }
    let consumedReason = try reader.named("consumed_reason") { (r, k) throws(FieldError) in try r.text(k) }
    let createdAt = try reader.given("created_at") { (r, k) throws(FieldError) in try r.instant(k) }
    try reader.finish()

    let key: Int64 = lead[0]
    var draft: Draft<TriggerColumn>
    if let row = try first(TriggerSQL.find, [key.databaseValue, name.databaseValue]) {
      draft = Draft(stored: row)
    } else {
      draft = Draft(new: [.null, .null, .null, .null, now.databaseValue])
    }
    draft.set(.nextAt, nextAt)
    draft.set(.waitReason, waitReason)
    draft.set(.consumedAt, consumedAt)
    draft.set(.consumedReason, consumedReason)
    if let createdAt { draft[.createdAt] = createdAt.databaseValue }
    try check(draft, reader)
    let owner = [tenants[tenant].key.databaseValue, key.databaseValue, name.databaseValue]
    return try write(draft, owner: owner, insert: TriggerSQL.insert, update: TriggerSQL.update).1
  }

  private func check(_ draft: Draft<TriggerColumn>, _ reader: JSONReader) throws {
    if draft[.consumedAt].isNull != draft[.consumedReason].isNull {
      throw reader.failure("consumed_reason", expected: "a reason with 'consumed_at', and none without")
    }
    if !draft[.consumedAt].isNull, !draft[.nextAt].isNull {
      throw reader.failure("next_at", expected: "null for a trigger that is consumed")
    }
  }
}

private enum TriggerSQL {
  static let find = """
    SELECT id, next_at, wait_reason, consumed_at, consumed_reason, created_at FROM lead_triggers
    WHERE lead_id = ? AND trigger = ?
    """
  static let insert = """
    INSERT INTO lead_triggers (tenant_id, lead_id, trigger, next_at, wait_reason, consumed_at,
      consumed_reason, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    """
  static let update = """
    UPDATE lead_triggers SET next_at = ?, wait_reason = ?, consumed_at = ?, consumed_reason = ?,
      created_at = ?
    WHERE id = ?
    """
}

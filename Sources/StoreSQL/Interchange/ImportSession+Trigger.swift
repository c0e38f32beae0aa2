import Routing
import Wire

private enum TriggerColumn: Int, DraftColumn {
  case nextAt, waitReason, consumedAt, consumedReason, createdAt

  var expression: String {
    switch self {
    case .nextAt: "next_at"
    case .waitReason: "wait_reason"
    case .consumedAt: "consumed_at"
    case .consumedReason: "consumed_reason"
    case .createdAt: "created_at"
    }
  }
}

extension ImportSession {
  /// Applies a trigger of a lead with its state. Hand-written files list open triggers in the lead's line instead.
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

    var draft = try find(TriggerSQL.find, [lead.key, name]) ?? Draft<TriggerColumn>(new: [nil, nil, nil, nil, now])
    draft.set(.nextAt, nextAt)
    draft.set(.waitReason, waitReason)
    draft.set(.consumedAt, consumedAt)
    draft.set(.consumedReason, consumedReason)
    if let createdAt { draft[.createdAt] = createdAt.sqlValue }
    try check(draft, reader)
    let owner: SQLArguments = [tenants[tenant].key, lead.key, name]
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
  static let find = "SELECT \(TriggerColumn.stored) FROM lead_triggers WHERE lead_id = ?1 AND trigger = ?2"
  static let insert =
    TriggerColumn.insert(into: "lead_triggers", owner: ["tenant_id", "lead_id", "trigger"])
  static let update = TriggerColumn.update("lead_triggers")
}

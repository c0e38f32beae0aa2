internal import GRDB
import Routing
import Wire

private enum TenantColumn: Int {
  case name, timeZone, policies, params, patience, createdAt

  static let audited: [(column: TenantColumn, name: String, format: Draft<TenantColumn>.Format)] = [
    (.name, "name", .quoted), (.timeZone, "time_zone", .plain), (.policies, "policy", .plain),
    (.params, "params", .plain), (.patience, "patience_s", .plain),
  ]
}

extension ImportSession {
  mutating func applyTenant(_ reader: inout JSONReader) throws -> ImportChange {
    let id = try reader.identifier("id")
    let name = try reader.named("name") { (r, k) throws(FieldError) in
      try r.label(k, hint: "leave the key out to call the tenant by its id")
    }
    let timeZone = try reader.named("time_zone") { (r, k) throws(FieldError) in try r.timeZone(k) }
    let policies = try reader.named("policy") { (r, k) throws(FieldError) in try r.policies(k) }
    let params = try reader.named("params") { (r, k) throws(FieldError) in try r.scalars(k) }
    let patience = try reader.named("patience_s") { (r, k) throws(FieldError) in
      try r.whole(k, to: 315_360_000)
    }
    let createdAt = try reader.given("created_at") { (r, k) throws(FieldError) in try r.instant(k) }
    try reader.finish()

    let defaultPolicies = FaithfulJSON.text(of: [Tenant.defaultPolicy])
    var draft: Draft<TenantColumn>
    if let row = try first(TenantSQL.find, [id.databaseValue]) {
      draft = Draft(stored: row)
    } else {
      draft = Draft(new: [
        id.databaseValue, "UTC".databaseValue, defaultPolicies.databaseValue, "{}".databaseValue,
        Tenant.defaultPatienceSeconds.databaseValue, now.databaseValue,
      ])
    }
    draft.set(.name, name, cleared: id.databaseValue)
    draft.set(.timeZone, timeZone, cleared: "UTC".databaseValue)
    switch policies {
    case .absent: break
    case .null: draft.setJSON(.policies, .array([.string(Tenant.defaultPolicy)]))
    case .value(let names): draft.setJSON(.policies, .array(names.map(JSONValue.string)))
    }
    draft.merge(.params, params)
    draft.set(.patience, patience, cleared: Tenant.defaultPatienceSeconds.databaseValue)
    if let createdAt { draft[.createdAt] = createdAt.databaseValue }
    let (key, change) = try write(
      draft, owner: [id.databaseValue], insert: TenantSQL.insert, update: TenantSQL.update)
    if change == .updated {
      try audit?.record(draft.changes(TenantColumn.audited), of: "tenant \(id)", tenant: key, in: db)
    }
    return change
  }
}

private enum TenantSQL {
  static let find = """
    SELECT id, name, time_zone, policies, params, patience_s, created_at FROM tenants WHERE external_id = ?
    """
  static let insert = """
    INSERT INTO tenants (external_id, name, time_zone, policies, params, patience_s, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    """
  static let update = """
    UPDATE tenants SET name = ?, time_zone = ?, policies = ?, params = ?, patience_s = ?, created_at = ?
    WHERE id = ?
    """
}

extension JSONReader {
  /// One policy's name, or a list of them.
  fileprivate mutating func policies(_ key: String) throws(FieldError) -> [String] {
    guard case .array(let elements)? = value(key) else {
      return [try label(key, hint: "name a policy, or leave the key out for '\(Tenant.defaultPolicy)'")]
    }
    guard !elements.isEmpty else {
      throw failure(key, expected: "at least one policy", hint: "null gives '\(Tenant.defaultPolicy)'")
    }
    return try labels(key)
  }
}

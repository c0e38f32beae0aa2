import Routing
import Wire

private enum TenantColumn: Int, DraftColumn {
  case name, timeZone, policies, params, patience, bulkShare, createdAt

  var expression: String {
    switch self {
    case .name: "name"
    case .timeZone: "time_zone"
    case .policies: "policies"
    case .params: "params"
    case .patience: "patience_s"
    case .bulkShare: "bulk_share"
    case .createdAt: "created_at"
    }
  }

  static let audited: [(column: TenantColumn, name: String, format: FieldFormat)] = [
    (.name, "name", .quoted), (.timeZone, "time_zone", .plain), (.policies, "policy", .plain),
    (.params, "params", .plain), (.patience, "patience_s", .plain),
    (.bulkShare, "bulk_share", .plain),
  ]
}

extension ImportSession {
  mutating func applyTenant(_ reader: inout JSONReader) throws -> ImportChange {
    let id = try reader.identifier("id")
    let name = try reader.named("name") { (r, k) throws(FieldError) in
      try r.label(k, hint: "leave the key out to use the id as the name")
    }
    let timeZone = try reader.named("time_zone") { (r, k) throws(FieldError) in try r.timeZone(k) }
    let policies = try reader.named("policy") { (r, k) throws(FieldError) in try r.policies(k) }
    let params = try reader.named("params") { (r, k) throws(FieldError) in try r.scalars(k) }
    let patience = try reader.named("patience_s") { (r, k) throws(FieldError) in
      try r.whole(k, to: 315_360_000)
    }
    let bulkShare = try reader.named("bulk_share") { (r, k) throws(FieldError) in try r.whole(k, to: 100) }
    let createdAt = try reader.given("created_at") { (r, k) throws(FieldError) in try r.instant(k) }
    try reader.finish()

    let defaultPolicies = FaithfulJSON.text(of: [Tenant.defaultPolicy])
    var draft =
      try find(TenantSQL.find, [id])
      ?? Draft<TenantColumn>(new: [
        id, "UTC", defaultPolicies, "{}", Tenant.defaultPatienceSeconds, Tenant.defaultBulkShare, now,
      ])
    draft.set(.name, name, cleared: id.sqlValue)
    draft.set(.timeZone, timeZone, cleared: "UTC".sqlValue)
    switch policies {
    case .absent: break
    case .null: draft.setJSON(.policies, .array([.string(Tenant.defaultPolicy)]))
    case .value(let names): draft.setJSON(.policies, .array(names.map(JSONValue.string)))
    }
    draft.merge(.params, params)
    try expectInRange(draft)
    draft.set(.patience, patience, cleared: Tenant.defaultPatienceSeconds.sqlValue)
    draft.set(.bulkShare, bulkShare, cleared: Tenant.defaultBulkShare.sqlValue)
    if let createdAt { draft[.createdAt] = createdAt.sqlValue }
    let (key, change) = try write(draft, owner: [id], insert: TenantSQL.insert, update: TenantSQL.update)
    // Other changes of a tenant begin a generation, or decide nothing.
    if !draft.isNew, draft.differs(.bulkShare) { try causes.add(devicesOf: key, in: db) }
    if !draft.isNew, draft.differs(.timeZone) { try causes.add(tenant: key, in: db) }
    if change == .updated {
      try audit?.record(draft.changes(TenantColumn.audited), of: "tenant \(id)", tenant: key, in: db)
    }
    return change
  }
}

extension ImportSession {
  /// Refuses parameters outside the ranges of the tenant's policies, unless the line changes neither.
  private func expectInRange(_ draft: Draft<TenantColumn>) throws {
    guard draft.differs(.policies) || draft.differs(.params), let params = draft[.params].asText,
      let names = draft[.policies].asText
    else { return }
    let policies = try JSONText.texts(names, "policies")
    try expectInRange(params, at: "params") { $0.problem(in: $1, ofPolicies: policies) }
  }

  /// Refuses a line whose parameters are outside their range. `text`: the parameters as stored; `path`: where the line
  /// has them.
  func expectInRange(
    _ text: String, at path: String, find: (any ParameterRangeCheck, [Parameter]) -> ParameterRangeProblem?
  ) throws {
    guard let ranges, text != "{}", let problem = find(ranges, try JSONText.parameters(text, "params")) else { return }
    throw FieldError(
      path: "\(path).\(problem.name)", expected: problem.expected, found: problem.found, hint: problem.hint)
  }
}

private enum TenantSQL {
  static let find = "SELECT \(TenantColumn.stored) FROM tenants WHERE external_id = ?1"
  static let insert = TenantColumn.insert(into: "tenants", owner: ["external_id"])
  static let update = TenantColumn.update("tenants")
}

extension JSONReader {
  /// One policy name, or a list of names.
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

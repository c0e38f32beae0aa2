import Routing
import Wire

private enum RevisionColumn: Int, DraftColumn {
  case policy, source, params, createdAt

  var expression: String {
    switch self {
    case .policy: "policy"
    case .source: "source"
    case .params: "params"
    case .createdAt: "created_at"
    }
  }
}

private enum ActivationColumn: Int, DraftColumn {
  case revision, at, policy

  var expression: String {
    switch self {
    case .revision: "revision_id"
    case .at: "at"
    case .policy: "policy"
    }
  }
}

extension ImportSession {
  mutating func applyPolicyRevision(_ reader: inout JSONReader) throws -> ImportChange {
    let id = try reader.digest("id")
    let policy = try reader.text("policy")
    let source = try reader.text("source")
    let params = try reader.scalars("params")
    let createdAt = try reader.instant("created_at")
    try reader.finish()
    guard var draft: Draft<RevisionColumn> = try find(PolicySQL.findRevision, [id]) else {
      try run(PolicySQL.insertRevision, [id, policy, source, FaithfulJSON.text(of: .object(params)), createdAt])
      return .created
    }
    draft[.policy] = policy.sqlValue
    draft[.source] = source.sqlValue
    draft.setJSON(.params, .object(params))
    // The same revision may be recorded with another time; only its content must match.
    return try expectSame(draft, "the revision", path: "id")
  }

  mutating func applyPolicyActivation(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let generation = try reader.whole("generation", from: 1)
    let position = try reader.whole("position", from: 1)
    let revision = try revision(&reader)
    let at = try reader.instant("at")
    let policy = try reader.named("policy") { (r, k) throws(FieldError) in try r.text(k) }.value
    let role =
      try reader.named("role") { (r, k) throws(FieldError) in
        try r.oneOf(k, ["live", "canary", "shadow", "guard"])
      }.value ?? "live"
    try reader.finish()
    try expectChange(of: generation, at: at, tenants[tenant].key)
    let owner: SQLArguments = [tenants[tenant].key, generation, role, position]
    var draft = try find(PolicySQL.findActivation, owner) ?? Draft<ActivationColumn>()
    draft[.revision] = revision.sqlValue
    draft[.at] = at.sqlValue
    draft[.policy] = policy.sqlValue
    if draft.isNew {
      try run(PolicySQL.insertActivation, owner + draft.arguments)
      return .created
    }
    return try expectSame(draft, "activation \(generation)", path: "generation")
  }

  mutating func applyPolicyRefusal(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let policy = try reader.text("policy")
    let refusal = try reader.text("refusal")
    let stated = try reader.reasonCode("code")
    let at = try reader.instant("at")
    try reader.finish()
    var code = stated.value
    if case .absent = stated {
      // An export of 0.1.0 has no codes: the code of the same refusal stays.
      let sql = "SELECT code FROM policy_refusals WHERE tenant_id = ?1 AND policy = ?2 AND refusal = ?3"
      code = try value(sql, [tenants[tenant].key, policy, refusal])
    }
    return try put(
      "policy_refusals", keys: [("tenant_id", tenants[tenant].key.sqlValue), ("policy", policy.sqlValue)],
      values: [("refusal", refusal.sqlValue), ("at", at.sqlValue), ("code", code.sqlValue)])
  }

  func revision(_ reader: inout JSONReader) throws -> Int64 {
    let id = try reader.digest("revision")
    let sql = "SELECT id FROM policy_revisions WHERE external_id = ?1"
    guard let key: Int64 = try value(sql, [id]) else {
      throw unknown(reader, "revision", "a policy revision in the store or earlier in the file")
    }
    return key
  }
}

private enum PolicySQL {
  static let findRevision = "SELECT \(RevisionColumn.stored) FROM policy_revisions WHERE external_id = ?1"
  static let insertRevision = RevisionColumn.insert(into: "policy_revisions", owner: ["external_id"])
  static let findActivation = """
    SELECT \(ActivationColumn.stored) FROM policy_activations
    WHERE tenant_id = ?1 AND generation = ?2 AND role = ?3 AND position = ?4
    """
  static let insertActivation = ActivationColumn.insert(
    into: "policy_activations", owner: ["tenant_id", "generation", "role", "position"])
}

internal import GRDB
import Wire

private enum RevisionColumn: Int {
  case policy, source, params, createdAt
}

private enum ActivationColumn: Int {
  case revision, at, policy
}

private enum RefusalColumn: Int {
  case refusal, at
}

extension ImportSession {
  mutating func applyPolicyRevision(_ reader: inout JSONReader) throws -> ImportChange {
    let id = try reader.digest("id")
    let policy = try reader.text("policy")
    let source = try reader.text("source")
    let params = try reader.scalars("params")
    let createdAt = try reader.instant("created_at")
    try reader.finish()
    guard let row = try first(PolicySQL.findRevision, [id.databaseValue]) else {
      let values = [
        policy.databaseValue, source.databaseValue, FaithfulJSON.text(of: .object(params)).databaseValue,
      ]
      try run(PolicySQL.insertRevision, [id.databaseValue] + values + [createdAt.databaseValue])
      return .created
    }
    var draft = Draft<RevisionColumn>(stored: row)
    draft[.policy] = policy.databaseValue
    draft[.source] = source.databaseValue
    draft.setJSON(.params, .object(params))
    // The same revision may have been met at another moment: what it consists of is what counts.
    return try expectSame(draft, "the revision", path: "id")
  }

  mutating func applyPolicyActivation(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let generation = try reader.whole("generation", from: 1)
    let position = try reader.whole("position", from: 1)
    let revision = try revision(&reader)
    let at = try reader.instant("at")
    let policy = try reader.named("policy") { (r, k) throws(FieldError) in try r.text(k) }.value
    let role = try reader.named("role") { (r, k) throws(FieldError) in
      try r.oneOf(k, ["live", "canary", "shadow", "guard"])
    }.value
    try reader.finish()
    try expectChange(of: generation, at: at, tenants[tenant].key.databaseValue)
    let owner = [
      tenants[tenant].key.databaseValue, generation.databaseValue, (role ?? "live").databaseValue,
      position.databaseValue,
    ]
    let values = [revision.databaseValue, at.databaseValue, policy.databaseValue]
    guard let row = try first(PolicySQL.findActivation, owner) else {
      try run(PolicySQL.insertActivation, owner + values)
      return .created
    }
    var draft = Draft<ActivationColumn>(stored: row)
    draft[.revision] = values[0]
    draft[.at] = values[1]
    draft[.policy] = values[2]
    return try expectSame(draft, "activation \(generation)", path: "generation")
  }

  mutating func applyPolicyRefusal(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let policy = try reader.text("policy")
    let refusal = try reader.text("refusal")
    let at = try reader.instant("at")
    try reader.finish()
    let owner = [tenants[tenant].key.databaseValue, policy.databaseValue]
    var draft: Draft<RefusalColumn>
    if let row = try first(PolicySQL.findRefusal, owner) {
      draft = Draft(stored: row)
    } else {
      draft = Draft(new: [.null, .null])
    }
    draft[.refusal] = refusal.databaseValue
    draft[.at] = at.databaseValue
    return try write(draft, owner: owner, insert: PolicySQL.insertRefusal, update: PolicySQL.updateRefusal).1
  }

  func revision(_ reader: inout JSONReader) throws -> Int64 {
    let id = try reader.digest("revision")
    guard let row = try first("SELECT id FROM policy_revisions WHERE external_id = ?", [id.databaseValue])
    else {
      throw unknown(reader, "revision", "a policy revision in the store or earlier in the file")
    }
    return row[0]
  }
}

private enum PolicySQL {
  static let findRevision = """
    SELECT id, policy, source, params, created_at FROM policy_revisions WHERE external_id = ?
    """
  static let insertRevision = """
    INSERT INTO policy_revisions (external_id, policy, source, params, created_at) VALUES (?, ?, ?, ?, ?)
    """
  static let findActivation = """
    SELECT id, revision_id, at, policy FROM policy_activations
    WHERE tenant_id = ? AND generation = ? AND role = ? AND position = ?
    """
  static let insertActivation = """
    INSERT INTO policy_activations (tenant_id, generation, role, position, revision_id, at, policy)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    """
  static let findRefusal = """
    SELECT rowid, refusal, at FROM policy_refusals WHERE tenant_id = ? AND policy = ?
    """
  static let insertRefusal =
    "INSERT INTO policy_refusals (tenant_id, policy, refusal, at) VALUES (?, ?, ?, ?)"
  static let updateRefusal = "UPDATE policy_refusals SET refusal = ?, at = ? WHERE rowid = ?"
}

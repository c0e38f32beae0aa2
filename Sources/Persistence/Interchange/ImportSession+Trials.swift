internal import GRDB
import Routing
import Wire

private enum ChangeColumn: Int {
  case at, actor, action, reason, origin, params, canaryShare, canarySince, canaryParams, canaryGuards, shadowShare,
    shadowSince, shadowParams, evidence
}

/// Who changed what decides, and what canaries and shadows came to.
extension ImportSession {
  mutating func applyPolicyChange(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let generation = try reader.whole("generation", from: 1)
    let owner = [tenants[tenant].key.databaseValue, generation.databaseValue]
    let row = try first(TrialSQL.findChange, owner)
    if row == nil { try expectNext(generation, owner[0]) }
    var draft =
      row.map(Draft<ChangeColumn>.init(stored:)) ?? Draft(new: Array(repeating: DatabaseValue.null, count: 14))
    draft[.at] = try reader.instant("at").databaseValue
    draft[.actor] = try reader.text("actor").databaseValue
    draft[.action] = try reader.oneOf("action", PolicyChange.Action.allCases.map(\.rawValue)).databaseValue
    draft[.reason] = try reader.optionalText("reason").databaseValue
    draft[.origin] = try reader.optionalText("origin").databaseValue
    for (column, key) in [(ChangeColumn.canaryShare, "canary_share"), (.shadowShare, "shadow_share")] {
      draft[column] = try optionalWhole(&reader, key, to: ContactShare.whole).databaseValue
    }
    for (column, key) in [(ChangeColumn.canarySince, "canary_since"), (.shadowSince, "shadow_since")] {
      draft[column] = try optionalWhole(&reader, key, to: generation).databaseValue
    }
    for (column, key) in [
      (ChangeColumn.params, "params"), (.canaryParams, "canary_params"), (.canaryGuards, "canary_guards"),
      (.shadowParams, "shadow_params"), (.evidence, "evidence"),
    ] {
      if let object = try reader.optionalObject(key) {
        draft.setJSON(column, .object(object.source))
      } else {
        draft[column] = .null
      }
    }
    try reader.finish()
    try expectTrials(reader, draft)
    if row != nil { return try expectSame(draft, "the change of generation \(generation)", path: "generation") }
    try run(TrialSQL.insertChange, owner + draft.values)
    return .created
  }

  /// What belongs to a trial comes together.
  private func expectTrials(_ reader: JSONReader, _ draft: Draft<ChangeColumn>) throws {
    let canary = [draft[.canaryShare], draft[.canarySince], draft[.canaryParams], draft[.canaryGuards]]
    let shadow = [draft[.shadowShare], draft[.shadowSince], draft[.shadowParams]]
    for (key, values) in [("canary_share", canary), ("shadow_share", shadow)] {
      let count = values.count { !$0.isNull }
      guard count == 0 || count == values.count else {
        throw FieldError(
          path: key, expected: "share, since and params of a trial together, and guards of a canary",
          found: "some of them", hint: "write the line as `usher export` does")
      }
    }
  }

  /// Generations are counted without a gap: the next one a cycle begins is one more.
  private func expectNext(_ generation: Int, _ tenant: DatabaseValue) throws {
    let next: Int = try (first(TrialSQL.last, [tenant])?[0] ?? 0) + 1
    guard generation == next else {
      throw FieldError(
        path: "generation", expected: "the tenant's next generation, \(next)", found: "\(generation)",
        hint: "history is continued in its order, as `usher export` writes it")
    }
  }

  /// Generations of earlier versions have no line of their own: a cycle began each of them.
  func expectChange(of generation: Int, at: Int64, _ tenant: DatabaseValue) throws {
    if try first(TrialSQL.findChange, [tenant, generation.databaseValue]) == nil { try expectNext(generation, tenant) }
    try run(TrialSQL.begin, [tenant, generation.databaseValue, at.databaseValue])
  }

  mutating func applyPolicyText(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let policy = try reader.text("policy")
    let digest = try reader.digest("digest")
    let at = try reader.instant("at")
    try reader.finish()
    return try put(
      "policy_texts",
      keys: [
        ("tenant_id", tenants[tenant].key.databaseValue), ("policy", policy.databaseValue),
        ("digest", digest.databaseValue),
      ], values: [("at", at.databaseValue)])
  }

  mutating func apply(_ type: TrialLine, _ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    var keys = [("tenant_id", tenants[tenant].key.databaseValue)]
    var values: [(String, DatabaseValue)] = []
    for column in type.columns {
      let value: DatabaseValue =
        switch column.kind {
        case .count: try reader.whole(column.name).databaseValue
        case .text: try reader.optionalText(column.name).databaseValue
        case .instant: try reader.instant(column.name).databaseValue
        }
      if column.isKey { keys.append((column.name, value)) } else { values.append((column.name, value)) }
    }
    try reader.finish()
    guard try first(TrialSQL.findChange, [keys[0].1, keys[1].1]) != nil else {
      throw unknown(reader, "generation", "a generation of the tenant in the store or earlier in the file")
    }
    return try put(type.table, keys: keys, values: values)
  }

  /// Writes a row that is called by `keys`. The names are ours, never a line's.
  private func put(
    _ table: String, keys: [(String, DatabaseValue)], values: [(String, DatabaseValue)]
  ) throws -> ImportChange {
    let found = keys.map { "\($0.0) = ?" }.joined(separator: " AND ")
    let row = try first(
      "SELECT \(values.map(\.0).joined(separator: ", ")) FROM \(table) WHERE \(found)", keys.map(\.1))
    guard let row else {
      let names = (keys + values).map(\.0)
      let marks = names.map { _ in "?" }.joined(separator: ", ")
      try run(
        "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(marks))", (keys + values).map(\.1))
      return .created
    }
    if zip(row.values, values).allSatisfy({ $0.isSame(as: $1.1) }) { return .unchanged }
    let changes = values.map { "\($0.0) = ?" }.joined(separator: ", ")
    try run("UPDATE \(table) SET \(changes) WHERE \(found)", values.map(\.1) + keys.map(\.1))
    return .updated
  }

  private func optionalWhole(
    _ reader: inout JSONReader, _ key: String, to most: Int
  ) throws(FieldError) -> Int? {
    try reader.named(key) { (r, k) throws(FieldError) in try r.whole(k, from: 1, to: most) }.value
  }
}

private enum TrialSQL {
  static let last = "SELECT max(generation) FROM policy_changes WHERE tenant_id = ?"
  static let findChange = """
    SELECT id, at, actor, action, reason, origin, params, canary_share, canary_since, canary_params, canary_guards,
      shadow_share, shadow_since, shadow_params, evidence
    FROM policy_changes WHERE tenant_id = ? AND generation = ?
    """
  static let insertChange = """
    INSERT INTO policy_changes (tenant_id, generation, at, actor, action, reason, origin, params, canary_share,
      canary_since, canary_params, canary_guards, shadow_share, shadow_since, shadow_params, evidence)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """
  static let begin = """
    INSERT INTO policy_changes (tenant_id, generation, at, actor, action) VALUES (?, ?, ?, 'usher', 'edit')
    ON CONFLICT (tenant_id, generation) DO NOTHING
    """
}

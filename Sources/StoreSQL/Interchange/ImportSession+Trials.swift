import Routing
import Wire

private enum ChangeColumn: Int, DraftColumn {
  case at, actor, action, reason, origin, params, canaryShare, canarySince, canaryParams, rollbackLimits, shadowShare,
    shadowSince, shadowParams, evidence

  var expression: String {
    switch self {
    case .at: "at"
    case .actor: "actor"
    case .action: "action"
    case .reason: "reason"
    case .origin: "origin"
    case .params: "params"
    case .canaryShare: "canary_share"
    case .canarySince: "canary_since"
    case .canaryParams: "canary_params"
    case .rollbackLimits: "canary_rollback_limits"
    case .shadowShare: "shadow_share"
    case .shadowSince: "shadow_since"
    case .shadowParams: "shadow_params"
    case .evidence: "evidence"
    }
  }
}

/// Policy changes, and the results of canaries and shadows.
extension ImportSession {
  mutating func applyPolicyChange(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let generation = try reader.whole("generation", from: 1)
    let owner: SQLArguments = [tenants[tenant].key, generation]
    var draft = try find(TrialSQL.findChange, owner) ?? Draft<ChangeColumn>()
    if draft.isNew { try expectNext(generation, tenants[tenant].key) }
    draft[.at] = try reader.instant("at").sqlValue
    draft[.actor] = try reader.text("actor").sqlValue
    draft[.action] = try reader.oneOf("action", PolicyChange.Action.allCases.map(\.rawValue)).sqlValue
    draft[.reason] = try reader.optionalText("reason").sqlValue
    draft[.origin] = try reader.optionalText("origin").sqlValue
    for (column, key) in [(ChangeColumn.canaryShare, "canary_share"), (.shadowShare, "shadow_share")] {
      draft[column] = try optionalWhole(&reader, key, to: ContactShare.whole).sqlValue
    }
    for (column, key) in [(ChangeColumn.canarySince, "canary_since"), (.shadowSince, "shadow_since")] {
      draft[column] = try optionalWhole(&reader, key, to: generation).sqlValue
    }
    let former = try reader.accept("canary_guards", for: "canary_rollback_limits")
    for (column, key) in [
      (ChangeColumn.params, "params"), (.canaryParams, "canary_params"), (.rollbackLimits, "canary_rollback_limits"),
      (.shadowParams, "shadow_params"), (.evidence, "evidence"),
    ] {
      if var object = try reader.optionalObject(key) {
        if column == .evidence { formerKeys += try object.renameLimit() }
        if column == .rollbackLimits { try object.checkRollbackLimits() }
        draft.setJSON(column, .object(object.source))
      } else {
        draft[column] = .null
      }
    }
    try reader.finish()
    if let former { formerKeys.append(former) }
    try expectTrials(reader, draft)
    if !draft.isNew { return try expectSame(draft, "the change of generation \(generation)", path: "generation") }
    try run(TrialSQL.insertChange, owner + draft.arguments)
    return .created
  }

  /// The fields of a canary or shadow must be set together.
  private func expectTrials(_ reader: JSONReader, _ draft: Draft<ChangeColumn>) throws {
    let canary = [draft[.canaryShare], draft[.canarySince], draft[.canaryParams], draft[.rollbackLimits]]
    let shadow = [draft[.shadowShare], draft[.shadowSince], draft[.shadowParams]]
    for (key, values) in [("canary_share", canary), ("shadow_share", shadow)] {
      let count = values.count { !$0.isNull }
      guard count == 0 || count == values.count else {
        throw FieldError(
          path: key, expected: "share, since and params of a trial together, and rollback limits of a canary",
          found: "some of them", hint: "write the line as `usher export` does")
      }
    }
  }

  /// Generations have no gaps: the next one that a cycle starts is one more.
  private func expectNext(_ generation: Int, _ tenant: Int64) throws {
    let next = (try value(TrialSQL.last, [tenant], as: Int.self) ?? 0) + 1
    guard generation == next else {
      throw FieldError(
        path: "generation", expected: "the tenant's next generation, \(next)", found: "\(generation)",
        hint: "import generations in order, as `usher export` writes them")
    }
  }

  /// Generations of earlier versions have no line; each was started by a cycle.
  func expectChange(of generation: Int, at: Int64, _ tenant: Int64) throws {
    if try !exists(TrialSQL.hasChange, [tenant, generation]) { try expectNext(generation, tenant) }
    try run(TrialSQL.begin, [tenant, generation, at])
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
        ("tenant_id", tenants[tenant].key.sqlValue), ("policy", policy.sqlValue),
        ("digest", digest.sqlValue),
      ], values: [("at", at.sqlValue)])
  }

  mutating func apply(_ type: TrialLine, _ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    var keys = [("tenant_id", tenants[tenant].key.sqlValue)]
    var values: [(String, SQLValue)] = []
    for column in type.columns {
      let value: SQLValue =
        switch column.kind {
        case .count: try reader.whole(column.name).sqlValue
        case .text: try reader.optionalText(column.name).sqlValue
        case .instant: try reader.instant(column.name).sqlValue
        }
      if column.isKey { keys.append((column.name, value)) } else { values.append((column.name, value)) }
    }
    try reader.finish()
    guard try exists(TrialSQL.hasChange, [keys[0].1, keys[1].1]) else {
      throw unknown(reader, "generation", "a generation of the tenant in the store or earlier in the file")
    }
    return try put(type.table, keys: keys, values: values)
  }

  /// Writes a row identified by `keys`. Column names come from this program, never from a line.
  func put(_ table: String, keys: [(String, SQLValue)], values: [(String, SQLValue)]) throws -> ImportChange {
    let columns = keys + values
    // Parameters are numbered in the order of `columns`.
    let terms = columns.enumerated().map { "\($1.0) = ?\($0 + 1)" }
    let condition = terms.prefix(keys.count).joined(separator: " AND ")
    let found = try first(
      "SELECT \(values.map(\.0).joined(separator: ", ")) FROM \(table) WHERE \(condition)",
      SQLArguments(keys.map(\.1))
    ) { row in
      values.allSatisfy { (name, value) in (row[name] as SQLValue).isSame(as: value) }
    }
    guard let isSame = found else {
      let names = columns.map(\.0).joined(separator: ", ")
      let parameters = columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
      try run("INSERT INTO \(table) (\(names)) VALUES (\(parameters))", SQLArguments(columns.map(\.1)))
      return .created
    }
    if isSame { return .unchanged }
    let changes = terms.dropFirst(keys.count).joined(separator: ", ")
    try run("UPDATE \(table) SET \(changes) WHERE \(condition)", SQLArguments(columns.map(\.1)))
    return .updated
  }

  private func optionalWhole(
    _ reader: inout JSONReader, _ key: String, to most: Int
  ) throws(FieldError) -> Int? {
    try reader.named(key) { (r, k) throws(FieldError) in try r.whole(k, from: 1, to: most) }.value
  }
}

extension JSONReader {
  /// Throws for an unknown limit and for a value that a limit cannot have.
  fileprivate mutating func checkRollbackLimits() throws(FieldError) {
    for measure in RollbackLimits.Measure.allCases {
      guard let text = try optionalString(measure.rawValue), RollbackLimits.Bound(text) == nil else { continue }
      throw failure(measure.rawValue, expected: "1%, +1% or off, with 0 to 100 percent")
    }
    _ = try named("least") { (r, k) throws(FieldError) in try r.whole(k, from: 1, to: RollbackLimits.leastJudgedMax) }
    try finish()
  }

  /// The evidence of a rollback names the limit that the canary exceeded, which version 0.1.0 called its guard.
  fileprivate mutating func renameLimit() throws(FieldError) -> [FormerKey] {
    guard let former = try accept("guard", for: "rollback_limit") else { return [] }
    let members = source.members.filter { $0.key != former.name }
    self = JSONReader(
      JSONObject(members.map { ($0.key == former.former ? former.name : $0.key, $0.value) }), path: path)
    return [former]
  }
}

private enum TrialSQL {
  static let last = "SELECT max(generation) FROM policy_changes WHERE tenant_id = ?1"
  static let hasChange = "SELECT 1 FROM policy_changes WHERE tenant_id = ?1 AND generation = ?2"
  static let findChange = """
    SELECT \(ChangeColumn.stored) FROM policy_changes WHERE tenant_id = ?1 AND generation = ?2
    """
  static let insertChange = ChangeColumn.insert(into: "policy_changes", owner: ["tenant_id", "generation"])
  static let begin = """
    INSERT INTO policy_changes (tenant_id, generation, at, actor, action) VALUES (?1, ?2, ?3, 'usher', 'edit')
    ON CONFLICT (tenant_id, generation) DO NOTHING
    """
}

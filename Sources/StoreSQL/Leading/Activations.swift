import Routing

/// The generations of tenants' policies: one row of `policy_changes` each, with its policies in `policy_activations`.
struct Activations {
  private let db: any SQLConnection

  init(_ db: any SQLConnection) { self.db = db }

  // MARK: - Reading

  /// The number of the tenant's latest generation; 0 before the first.
  func last(of tenant: TenantKey) throws -> Int64 {
    let sql = "SELECT max(generation) FROM policy_changes WHERE tenant_id = ?1"
    return try db.value(sql, [tenant.raw], as: Int64.self) ?? 0
  }

  /// The tenant's latest generation; nil before the first.
  func current(of tenant: TenantKey) throws -> PolicyGeneration? {
    let last = try last(of: tenant)
    return last == 0 ? nil : try generation(last, of: tenant)
  }

  /// Nil if the generation does not exist.
  func generation(_ number: Int64, of tenant: TenantKey) throws -> PolicyGeneration? {
    let sql = """
      SELECT at, actor, action, reason, origin, evidence, params, canary_share, canary_since, canary_params,
        canary_rollback_limits, shadow_share, shadow_since, shadow_params
      FROM policy_changes WHERE tenant_id = ?1 AND generation = ?2
      """
    return try db.first(sql, [tenant.raw, number]) { row in
      let revisions = try self.revisions(of: tenant, generation: number)
      let change = PolicyChange(row: row)
      let parameters = (row["params"] as String?).map(Activations.parameters)
      let canary = trial(
        row["canary_share"], since: row["canary_since"], row["canary_params"], revisions[.canary],
        limits: row["canary_rollback_limits"])
      let shadow = trial(
        row["shadow_share"], since: row["shadow_since"], row["shadow_params"], revisions[.shadow], limits: nil)
      return PolicyGeneration(
        number: number,
        lineup: PolicyLineup(
          live: revisions[.live] ?? [], canary: canary, shadow: shadow, guards: revisions[.guard] ?? []),
        parameters: parameters, change: change)
    }
  }

  private func trial(
    _ share: Int?, since: Int64?, _ parameters: String?, _ revisions: [PolicyRevision]?, limits: String?
  ) -> PolicyTrial? {
    guard let share, let since, let revisions else { return nil }
    return PolicyTrial(
      share: ContactShare(partsPerMillion: share, salt: since), revisions: revisions,
      parameters: parameters.map(Activations.parameters) ?? [],
      rollbackLimits: limits.map(RollbackLimits.init(stored:)))
  }

  private static func parameters(_ text: String) -> [Parameter] {
    (try? JSONText.parameters(text, "params")) ?? []
  }

  /// The latest generation of each tenant that had a change after `seen`.
  func generations(after seen: Int64) throws -> PolicyGenerations {
    var found = PolicyGenerations(seen: seen, last: [:])
    let newest = try db.value("SELECT max(id) FROM policy_changes", as: Int64.self) ?? 0
    guard newest > seen else { return found }
    found.seen = newest
    let sql = "SELECT tenant_id, max(generation) AS newest FROM policy_changes WHERE id > ?1 GROUP BY tenant_id"
    try db.each(sql, [seen]) { row in
      let tenant = TenantKey(row["tenant_id"])
      found.last[tenant] = row["newest"] as Int64
    }
    return found
  }

  /// The role of a policy in `policy_activations`.
  enum Role: String { case live, canary, shadow, `guard` }

  private func revisions(of tenant: TenantKey, generation: Int64) throws -> [Role: [PolicyRevision]] {
    let sql = """
      SELECT a.role, coalesce(a.policy, r.policy) AS policy, r.external_id AS digest, r.source, r.params
      FROM policy_activations a JOIN policy_revisions r ON r.id = a.revision_id
      WHERE a.tenant_id = ?1 AND a.generation = ?2 ORDER BY a.role, a.position
      """
    var revisions: [Role: [PolicyRevision]] = [:]
    try db.each(sql, [tenant.raw, generation]) { row in
      let role = Role(rawValue: row["role"]) ?? .live
      let revision = PolicyRevision(
        policy: row["policy"], digest: row["digest"], source: row["source"],
        parameters: Activations.parameters(row["params"]))
      revisions[role, default: []].append(revision)
    }
    return revisions
  }

  // MARK: - Since when

  /// The change that introduced the tenant's current live policies; nil before the first.
  ///
  /// One query. It walks back over later generations, such as those for guards, and stops at the newest with different
  /// live policies.
  func liveChange(of tenant: TenantKey) throws -> PolicyChange? {
    let last = try last(of: tenant)
    guard last > 0 else { return nil }
    let sql = """
      WITH live AS MATERIALIZED (
        SELECT a.position, a.revision_id, coalesce(a.policy, r.policy) AS policy
        FROM policy_activations a JOIN policy_revisions r ON r.id = a.revision_id
        WHERE a.tenant_id = ?1 AND a.generation = ?2 AND a.role = 'live'
      )
      SELECT at, actor, action, reason, origin, evidence FROM policy_changes
      WHERE tenant_id = ?1 AND generation > coalesce((
        SELECT p.generation FROM policy_changes p
        WHERE p.tenant_id = ?1 AND p.generation < ?2 AND (
          (SELECT count(*) FROM policy_activations a
            WHERE a.tenant_id = ?1 AND a.generation = p.generation AND a.role = 'live') <> (SELECT count(*) FROM live)
          OR EXISTS (
            SELECT 1 FROM live LEFT JOIN policy_activations a ON a.tenant_id = ?1 AND a.generation = p.generation
              AND a.role = 'live' AND a.position = live.position
            LEFT JOIN policy_revisions r ON r.id = a.revision_id
            WHERE (a.revision_id, coalesce(a.policy, r.policy)) IS NOT (live.revision_id, live.policy)))
        ORDER BY p.generation DESC LIMIT 1), 0)
      ORDER BY generation LIMIT 1
      """
    return try db.first(sql, [tenant.raw, last]) { PolicyChange(row: $0) }
  }

  // MARK: - Writing

  /// Begins a generation after number `last`. Returns its number, `last` + 1. A canary or shadow in its line-up started
  /// in this generation or an earlier one.
  func begin(_ draft: GenerationDraft, for tenant: TenantKey, after last: Int64) throws -> Int64 {
    guard try self.last(of: tenant) == last else { throw StoreError.generationPassed }
    let generation = last + 1
    let (lineup, change) = (draft.lineup, try authored(draft, for: tenant, after: last))
    let (canary, shadow) = (lineup.canary, lineup.shadow)
    for trial in [canary, shadow].compactMap(\.self) {
      precondition((1...generation).contains(trial.since), "a trial begins with a generation: found \(trial.since)")
    }
    let texts = PolicyTexts(db, of: tenant)
    try texts.replace(with: draft.texts, at: change.at)
    try texts.add(draft.rolledBack, at: change.at)
    try texts.remove(draft.activated)
    try db.change(
      """
      INSERT INTO policy_changes (tenant_id, generation, at, actor, action, reason, origin, params, canary_share,
        canary_since, canary_params, canary_rollback_limits, shadow_share, shadow_since, shadow_params, evidence,
        after_decision_id)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
        (SELECT coalesce(max(id), 0) FROM decisions))
      """,
      [
        tenant.raw, generation, change.at.milliseconds, change.actor, change.action.rawValue, change.reason,
        change.origin, draft.parameters.map(JSONText.text(of:)), canary?.share.partsPerMillion, canary?.since,
        canary.map { JSONText.text(of: $0.parameters) }, canary.map { ($0.rollbackLimits ?? .standard).stored },
        shadow?.share.partsPerMillion, shadow?.since, shadow.map { JSONText.text(of: $0.parameters) },
        change.evidence?.stored,
      ])
    try beginWake(draft, in: generation, of: tenant, at: change.at)
    let roles: [(Role, [PolicyRevision])] = [
      (.live, lineup.live), (.canary, canary?.revisions ?? []), (.shadow, shadow?.revisions ?? []),
      (.guard, lineup.guards),
    ]
    for (role, revisions) in roles {
      for (index, revision) in revisions.enumerated() {
        let key = try record(revision, at: change.at)
        try db.change(
          """
          INSERT INTO policy_activations (tenant_id, generation, role, position, revision_id, at, policy)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
          """,
          [
            tenant.raw, generation, role.rawValue, index + 1, key, change.at.milliseconds, revision.policy,
          ])
      }
    }
    return generation
  }

  /// Waits end with their cause: all of the tenant are decided again, unless the generation differs in its shadow alone.
  /// The first generation has no waits of an earlier one.
  private func beginWake(_ draft: GenerationDraft, in number: Int64, of tenant: TenantKey, at now: Instant) throws {
    guard let before = try generation(number - 1, of: tenant), draft.decidesOtherwise(than: before) else { return }
    try Wakes(db, of: tenant.raw).begin(inGeneration: number, at: now)
  }

  /// A cycle's change, attributed to the person who caused it by changing guards or the tenant's row since the latest
  /// generation.
  ///
  /// Unchanged if the cause was in files, or if the audit names nobody. Walks over the audit since the latest
  /// generation, up to `authorRowMax` lines.
  private func authored(_ draft: GenerationDraft, for tenant: TenantKey, after last: Int64) throws -> PolicyChange {
    var change = draft.change
    guard change.actor == PolicyChange.program, let before = try generation(last, of: tenant),
      let cause = Activations.cause(of: draft, after: before)
    else { return change }
    let sql = """
      SELECT u.actor, u.reason FROM (
        SELECT tenant_id, actor, action, subject, reason, at, id FROM audit INDEXED BY audit_at
        WHERE at >= ?2 ORDER BY at DESC, id DESC LIMIT ?3) u
      WHERE \(cause) ORDER BY u.at DESC, u.id DESC LIMIT 1
      """
    try db.each(sql, [tenant.raw, before.change.at.milliseconds, Activations.authorRowMax]) { row in
      (change.actor, change.reason) = (row["actor"], row["reason"])
    }
    return change
  }

  /// All lines of one import and some more.
  private static let authorRowMax = ImportAudit.rowMax + 1000

  /// The SQL condition on audit lines `u` that may have caused a cycle's change; nil if files caused it.
  private static func cause(of draft: GenerationDraft, after before: PolicyGeneration) -> String? {
    switch draft.change.action {
    case .guards:
      let (old, new) = (before.lineup.guards, draft.lineup.guards)
      let isSet = zip(old, new).contains { $0.source == $1.source && $0.parameters != $1.parameters }
      guard isSet || old.map(\.policy) != new.map(\.policy) else { return nil }
      return """
        (u.tenant_id IS NULL OR u.tenant_id = ?1)
          AND (u.action = 'guards' OR u.action = 'import' AND (u.subject = 'guards' OR u.subject LIKE 'guard %'))
        """
    case .edit:
      let isSet = before.parameters != nil && before.parameters != draft.parameters
      guard isSet || before.lineup.live.map(\.policy) != draft.lineup.live.map(\.policy) else { return nil }
      return "u.tenant_id = ?1 AND (u.action = 'activate' OR u.action = 'import' AND u.subject LIKE 'tenant %')"
    default: return nil
    }
  }

  /// The key of a revision; records a new one.
  ///
  /// A revision of the same content under another digest is of 0.1.0, which recorded 3.0 as 3: with a whole number among
  /// its parameters it may be another revision.
  private func record(_ revision: PolicyRevision, at now: Instant) throws -> Int64 {
    if let found = try recorded(revision), found.digest == revision.digest || !revision.hasWholeNumber {
      return found.key
    }
    try db.change(
      "INSERT INTO policy_revisions (external_id, policy, source, params, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
      [
        revision.digest, revision.policy, revision.source, FaithfulJSON.text(of: revision.parameters), now.milliseconds,
      ])
    guard let recorded = try recorded(revision) else {
      throw StoreError.conflict("expected the revision \(revision.digest) on record, found none")
    }
    return recorded.key
  }

  /// The recorded revision with the same digest; otherwise the latest one with the same source and parameters. Nil if
  /// none is recorded. Costs two look-ups.
  func recorded(_ revision: PolicyRevision) throws -> (key: Int64, digest: String)? {
    let byDigest = "SELECT id FROM policy_revisions WHERE external_id = ?1"
    if let key = try db.value(byDigest, [revision.digest], as: Int64.self) { return (key, revision.digest) }
    if revision.source.isEmpty { return nil }
    let byContent = """
      SELECT id, external_id FROM policy_revisions
      WHERE length(source) = length(?1) AND params = ?2 AND source = ?1
      ORDER BY id DESC LIMIT 1
      """
    return try db.first(byContent, [revision.source, FaithfulJSON.text(of: revision.parameters)]) {
      (key: $0["id"], digest: $0["external_id"])
    }
  }
}

extension PolicyRevision {
  fileprivate var hasWholeNumber: Bool {
    parameters.contains { if case .integer = $0.value { true } else { false } }
  }
}

extension GenerationDraft {
  /// Whether decisions can differ from those of a generation. A shadow decides nothing.
  fileprivate func decidesOtherwise(than before: PolicyGeneration) -> Bool {
    var (left, right) = (lineup, before.lineup)
    (left.shadow, right.shadow) = (nil, nil)
    return left != right || parameters != nil && parameters != before.parameters
  }
}

extension PolicyChange {
  /// From the columns `at, actor, action, reason, origin, evidence`.
  init(row: SQLRow) {
    self.init(
      at: Instant(milliseconds: row["at"]), actor: row["actor"], action: Action(rawValue: row["action"]) ?? .edit,
      reason: row["reason"], origin: row["origin"],
      evidence: (row["evidence"] as String?).flatMap(CanaryEvidence.init(stored:)))
  }
}

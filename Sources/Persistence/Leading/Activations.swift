internal import GRDB
import Routing

/// The generations of tenants' policies: a row of `policy_changes` each, and its policies in `policy_activations`.
struct Activations {
  private let db: Database

  init(_ db: Database) { self.db = db }

  // MARK: - Reading

  /// The number of the tenant's last generation; 0 before the first.
  func last(of tenant: TenantKey) throws -> Int64 {
    let sql = "SELECT max(generation) FROM policy_changes WHERE tenant_id = ?"
    return try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [tenant.raw]) ?? 0
  }

  /// The tenant's last generation; nil before the first.
  func current(of tenant: TenantKey) throws -> PolicyGeneration? {
    let last = try last(of: tenant)
    return last == 0 ? nil : try generation(last, of: tenant)
  }

  /// Nil for one that there is not.
  func generation(_ number: Int64, of tenant: TenantKey) throws -> PolicyGeneration? {
    let sql = """
      SELECT at, actor, action, reason, origin, evidence, params, canary_share, canary_since, canary_params,
        canary_guards, shadow_share, shadow_since, shadow_params
      FROM policy_changes WHERE tenant_id = ? AND generation = ?
      """
    guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [tenant.raw, number]) else { return nil }
    let revisions = try revisions(of: tenant, generation: number)
    let change = PolicyChange(row: row, from: 0)
    return PolicyGeneration(
      number: number,
      lineup: PolicyLineup(
        live: revisions[.live] ?? [],
        canary: trial(row[7], since: row[8], row[9], revisions[.canary], guards: row[10]),
        shadow: trial(row[11], since: row[12], row[13], revisions[.shadow], guards: nil),
        guards: revisions[.guard] ?? []),
      parameters: (row[6] as String?).map(Activations.parameters), change: change)
  }

  private func trial(
    _ share: Int?, since: Int64?, _ parameters: String?, _ revisions: [PolicyRevision]?, guards: String?
  ) -> PolicyTrial? {
    guard let share, let since, let revisions else { return nil }
    return PolicyTrial(
      share: ContactShare(partsPerMillion: share, salt: since), revisions: revisions,
      parameters: parameters.map(Activations.parameters) ?? [], guards: guards.map(CanaryGuards.init(stored:)))
  }

  private static func parameters(_ text: String) -> [Parameter] {
    (try? JSONText.parameters(text, "params")) ?? []
  }

  /// Which generations are the last ones, of tenants that had a change after `seen`.
  func generations(after seen: Int64) throws -> PolicyGenerations {
    var found = PolicyGenerations(seen: seen, last: [:])
    let newest = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM policy_changes")) ?? 0
    guard newest > seen else { return found }
    found.seen = newest
    let sql = "SELECT tenant_id, max(generation) FROM policy_changes WHERE id > ? GROUP BY tenant_id"
    for row in try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [seen]) {
      found.last[TenantKey(row[0])] = row[1]
    }
    return found
  }

  /// What a row of `policy_activations` is for.
  enum Role: String { case live, canary, shadow, `guard` }

  private func revisions(of tenant: TenantKey, generation: Int64) throws -> [Role: [PolicyRevision]] {
    let sql = """
      SELECT a.role, coalesce(a.policy, r.policy), r.external_id, r.source, r.params
      FROM policy_activations a JOIN policy_revisions r ON r.id = a.revision_id
      WHERE a.tenant_id = ? AND a.generation = ? ORDER BY a.role, a.position
      """
    var revisions: [Role: [PolicyRevision]] = [:]
    for row in try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [tenant.raw, generation]) {
      let revision = PolicyRevision(
        policy: row[1], digest: row[2], source: row[3], parameters: Activations.parameters(row[4]))
      revisions[Role(rawValue: row[0]) ?? .live, default: []].append(revision)
    }
    return revisions
  }

  // MARK: - Since when

  /// How many generations are looked through for the one that made the live policies what they are.
  private static let lookBackMax: Int64 = 1000

  /// The change that made the tenant's live policies what they are; nil before the first.
  func liveChange(of tenant: TenantKey) throws -> PolicyChange? {
    let last = try last(of: tenant)
    guard last > 0 else { return nil }
    let live = try liveRows(of: tenant, generation: last)
    var first = last
    while first > 1, last - first < Activations.lookBackMax, try liveRows(of: tenant, generation: first - 1) == live {
      first -= 1
    }
    let sql = """
      SELECT at, actor, action, reason, origin, evidence FROM policy_changes WHERE tenant_id = ? AND generation = ?
      """
    return try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [tenant.raw, first])
      .map { PolicyChange(row: $0, from: 0) }
  }

  private func liveRows(of tenant: TenantKey, generation: Int64) throws -> [Row] {
    let sql = """
      SELECT position, revision_id, policy FROM policy_activations
      WHERE tenant_id = ? AND generation = ? AND role = 'live' ORDER BY position
      """
    return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [tenant.raw, generation])
  }

  // MARK: - Writing

  /// Begins a generation after the one numbered `last`. Gives back its number.
  func begin(_ draft: GenerationDraft, for tenant: TenantKey, after last: Int64) throws -> Int64 {
    guard try self.last(of: tenant) == last else { throw StoreError.generationPassed }
    let generation = last + 1
    let (lineup, change) = (draft.lineup, draft.change)
    let (canary, shadow) = (lineup.canary, lineup.shadow)
    let texts = PolicyTexts(db, of: tenant)
    try texts.replace(with: draft.texts, at: change.at)
    try texts.add(draft.turnedDown, at: change.at)
    try texts.remove(draft.activated)
    let began = { (trial: PolicyTrial?) in trial.map { $0.since == 0 ? generation : $0.since } }
    try db.change(
      """
      INSERT INTO policy_changes (tenant_id, generation, at, actor, action, reason, origin, params, canary_share,
        canary_since, canary_params, canary_guards, shadow_share, shadow_since, shadow_params, evidence,
        after_decision_id)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(id), 0) FROM decisions))
      """,
      [
        tenant.raw, generation, change.at.milliseconds, change.actor, change.action.rawValue, change.reason,
        change.origin, draft.parameters.map(JSONText.text(of:)), canary?.share.partsPerMillion, began(canary),
        canary.map { JSONText.text(of: $0.parameters) }, canary.map { ($0.guards ?? .standard).stored },
        shadow?.share.partsPerMillion, began(shadow), shadow.map { JSONText.text(of: $0.parameters) },
        change.evidence?.stored,
      ])
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
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
          [
            tenant.raw, generation, role.rawValue, index + 1, key, change.at.milliseconds, revision.policy,
          ])
      }
    }
    return generation
  }

  /// The key of a revision, which is recorded when it is new.
  private func record(_ revision: PolicyRevision, at now: Instant) throws -> Int64 {
    try db.change(
      """
      INSERT INTO policy_revisions (external_id, policy, source, params, created_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (external_id) DO NOTHING
      """,
      [
        revision.digest, revision.policy, revision.source, JSONText.text(of: revision.parameters),
        now.milliseconds,
      ])
    let sql = "SELECT id FROM policy_revisions WHERE external_id = ?"
    guard let key = try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [revision.digest]) else {
      throw StoreError.conflict("expected the revision \(revision.digest) on record, found none")
    }
    return key
  }
}

extension PolicyChange {
  /// Of `at, actor, action, reason, origin, evidence`, which stand one after the other from a column on.
  init(row: Row, from column: Int) {
    self.init(
      at: Instant(milliseconds: row[column]), actor: row[column + 1],
      action: Action(rawValue: row[column + 2]) ?? .edit, reason: row[column + 3], origin: row[column + 4],
      evidence: (row[column + 5] as String?).flatMap(CanaryEvidence.init(stored:)))
  }
}

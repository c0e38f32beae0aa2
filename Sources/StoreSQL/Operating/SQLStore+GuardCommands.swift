import Routing

extension SQLStore {
  /// The guards in evaluation order.
  package func guards() throws -> [GuardListing] { try reading { try GuardList.read($0) } }

  /// Guards whose file was refused or is held for a tenant, or that are suspended or fail for it, with the reason; ordered
  /// by guard and tenant.
  package func guardTroubles() throws -> [GuardTrouble] { try reading { try GuardTrouble.all(in: $0) } }

  /// Changes the list with `change`, and records who did what. `change` returns the description that `usher policy
  /// guards` prints. If it throws, nothing is written.
  package func changeGuards(
    actor: Actor, at now: Instant, reason: String?, _ change: (inout [GuardListing]) throws -> String
  ) throws {
    try writing { db in
      let before = try GuardList.read(db)
      var after = before
      let deed = try change(&after)
      guard after != before else { return }
      guard after.count <= GuardList.countMax else {
        throw OperatorError.refused("expected at most \(GuardList.countMax) guards, found one more: remove one first")
      }
      try db.change("DELETE FROM guard_params")
      try db.change("DELETE FROM guards")
      for (index, line) in after.enumerated() {
        try db.change(
          "INSERT INTO guards (id, guard, params) VALUES (?1, ?2, ?3)",
          [index + 1, line.name, JSONText.text(of: line.parameters)])
        for own in line.own where !own.parameters.isEmpty {
          try db.changeOne(
            """
            INSERT INTO guard_params (tenant_id, guard, params)
            SELECT id, ?1, ?2 FROM tenants WHERE external_id = ?3
            """, [line.name, JSONText.text(of: own.parameters), own.tenant.text],
            expecting: "tenant '\(own.tenant)'")
        }
      }
      let difference = GuardDifference(from: before, to: after)
      let tenant = try difference.tenant.flatMap { try TenantRow.key(of: $0, in: db) }
      try AuditEntry(
        tenant: tenant, actor: actor, action: "guards",
        subject: difference.names.isEmpty ? "guards" : "guard \(difference.names.joined(separator: ", "))",
        detail: deed, reason: reason, at: now
      ).record(in: db)
    }
  }
}

extension GuardTrouble {
  /// The troubles of all guards, by guard and tenant, inside a transaction.
  static func all(in db: any SQLConnection) throws -> [GuardTrouble] {
    let sql = """
      SELECT f.policy, t.id AS tenant_id, t.external_id AS tenant, 'refused' AS state, f.refusal AS reason,
        f.code AS code, 0 AS contacts
      FROM policy_refusals f JOIN tenants t ON t.id = f.tenant_id WHERE f.policy LIKE 'guards/%'
      UNION ALL
      SELECT s.policy, t.id, t.external_id, CASE WHEN s.suspended_at IS NULL THEN 'failing' ELSE 'suspended' END,
        coalesce(s.last_fault, ''), s.last_fault_code, s.faults
      FROM policy_streaks s
      JOIN tenants t ON t.id = s.tenant_id
      WHERE s.policy LIKE 'guards/%' AND (s.suspended_at IS NOT NULL OR s.faults > 0)
      UNION ALL
      SELECT h.policy, t.id, t.external_id, 'held', h.reason, h.code, 0 FROM held_files h
      JOIN tenants t ON t.id = h.tenant_id WHERE h.policy LIKE 'guards/%'
      ORDER BY 1, 2, 4, 5
      """
    return try db.all(sql) { row in
      let name = (row["policy"] as String).dropFirst("guards/".count)
      guard let state = State(rawValue: row["state"]) else { preconditionFailure("the statement names each state") }
      var trouble = GuardTrouble(
        guard: String(name), tenant: TenantID(stored: row["tenant"]), state: state, reason: row["reason"],
        code: ReasonCode.known(row["code"]))
      trouble.contacts = row["contacts"]
      return trouble
    }
  }
}

/// The rows of the list of guards.
enum GuardList {
  /// The maximum number of guards in a store.
  static let countMax = 16

  static func read(_ db: any SQLConnection) throws -> [GuardListing] {
    let sql = """
      SELECT p.guard, t.external_id AS tenant, p.params FROM guard_params p JOIN tenants t ON t.id = p.tenant_id
      ORDER BY p.guard, t.id
      """
    var own: [String: [(tenant: TenantID, parameters: [Parameter])]] = [:]
    try db.each(sql) { row in
      let name: String = row["guard"]
      let tenant = TenantID(stored: row["tenant"])
      own[name, default: []].append((tenant: tenant, parameters: parameters(row["params"])))
    }
    return try db.all("SELECT guard, params FROM guards ORDER BY id") { row in
      let name: String = row["guard"]
      return GuardListing(name: name, parameters: parameters(row["params"]), own: own[name] ?? [])
    }
  }

  private static func parameters(_ text: String) -> [Parameter] {
    (try? JSONText.parameters(text, "params")) ?? []
  }
}

/// The guards that a change of the list affects.
private struct GuardDifference {
  /// Guards that were added or removed, or whose parameters changed.
  let names: [String]
  /// The only tenant whose parameters changed; nil if they changed for all tenants or for several.
  let tenant: TenantID?

  init(from before: [GuardListing], to after: [GuardListing]) {
    let changed =
      after.filter { !before.contains($0) } + before.filter { line in !after.contains { $0.name == line.name } }
    names = changed.map(\.name)
    var tenants: [TenantID] = []
    for line in changed {
      guard let old = before.first(where: { $0.name == line.name }), old.parameters == line.parameters else {
        tenant = nil
        return
      }
      for own in old.own + line.own {
        let parameters = { (list: GuardListing) in list.own.first { $0.tenant == own.tenant }?.parameters ?? [] }
        if parameters(old) != parameters(line), !tenants.contains(own.tenant) { tenants.append(own.tenant) }
      }
    }
    tenant = tenants.count == 1 ? tenants[0] : nil
  }
}

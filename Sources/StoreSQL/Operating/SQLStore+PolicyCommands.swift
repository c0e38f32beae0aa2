import Routing

extension SQLStore {
  /// Sets the policy lists and parameters of tenants, all of them or none, each on record.
  ///
  /// `prepare` is given what stands as of `tenant` and `decision`, inside the transaction and before anything is written:
  /// nobody else can write between its look and the commit. What it throws is thrown on, and nothing is written then.
  package func assignPolicies(
    _ assignments: [PolicyAssignment], standing tenant: TenantID?, marking decision: Int64, reason: String?,
    actor: Actor, at now: Instant, prepare: (StoreStanding) throws -> Void
  ) throws {
    try writing { db in
      try prepare(try StandingQuery(db: db).standing(of: tenant, marking: decision))
      for assignment in assignments {
        let command = try OperatorCommand(db, tenant: assignment.tenant, actor: actor, reason: reason, at: now)
        try command.setPolicies(assignment.policies, assignment.parameters)
        try command.recordAudit(
          "activate", "policy \(assignment.policies.joined(separator: ", "))", assignment.draft?.change.origin)
        guard var draft = assignment.draft else { continue }
        let activations = Activations(db)
        let current = try activations.current(of: TenantKey(command.tenant))
        // What is tried on a share is over; a shadow goes on, beside others.
        (draft.lineup.guards, draft.lineup.shadow) = (current?.lineup.guards ?? [], current?.lineup.shadow)
        _ = try activations.begin(draft, for: TenantKey(command.tenant), after: current?.number ?? 0)
      }
    }
  }

  /// Begins generations for tenants, all of them or none, each on record. Gives back their numbers.
  ///
  /// `systemUser`: who ran the command, where that is not the actor of the changes.
  /// Throws `StoreError.generationPassed`, and writes nothing, when what decides for one of them was changed since the
  /// orders were made: look again, and make them anew.
  package func carryOut(_ orders: [PolicyOrder], systemUser: String? = nil) throws -> [Int64] {
    try writing { db in
      try orders.map { order in
        let change = order.draft.change
        let command = try OperatorCommand(
          db, tenant: order.tenant.id, actor: Actor(change.actor, systemUser: systemUser), reason: change.reason,
          at: change.at)
        let generation = try Activations(db).begin(order.draft, for: order.tenant.key, after: order.last)
        if order.list != nil || order.parameters != nil {
          try command.setPolicies(
            order.list ?? order.tenant.policies, order.parameters ?? order.tenant.parameters)
        }
        let subject = order.draft.lineup.live.map(\.policy).joined(separator: ", ")
        let detail = ["generation \(generation)", change.origin].compactMap { $0 }.joined(separator: ", ")
        try command.recordAudit(change.action.rawValue, "policy \(subject)", detail)
        return generation
      }
    }
  }
}

extension OperatorCommand {
  /// What the tenant's row says from now on.
  fileprivate func setPolicies(_ policies: [String], _ parameters: [Parameter]) throws {
    try db.changeOne(
      "UPDATE tenants SET policies = ?1, params = ?2 WHERE id = ?3",
      [JSONText.text(of: policies), JSONText.text(of: parameters), tenant], expecting: "the tenant's row")
    // They were held beside other policies: the next cycle looks again.
    try db.change("DELETE FROM held_files WHERE tenant_id = ?1", [tenant])
  }
}

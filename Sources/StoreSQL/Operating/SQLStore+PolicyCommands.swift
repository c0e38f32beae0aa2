import Routing

extension SQLStore {
  /// Sets the policy lists and parameters of tenants, all or nothing, and records each change; see `PolicyStore`. Costs
  /// the walks of `PlanBasisQuery`.
  package func assignPolicies(
    _ assignments: [PolicyAssignment], basisOf tenant: TenantID?, marking decision: Int64, reason: String?,
    actor: Actor, at now: Instant, prepare: (PlanBasis) throws -> Void
  ) throws {
    try writing { db in
      try prepare(try PlanBasisQuery(db: db).basis(of: tenant, marking: decision))
      for assignment in assignments {
        let command = try OperatorCommand(db, tenant: assignment.tenant, actor: actor, reason: reason, at: now)
        try command.setPolicies(assignment.policies, assignment.parameters)
        try command.recordAudit(
          "activate", "policy \(assignment.policies.joined(separator: ", "))", assignment.draft?.change.origin)
        guard var draft = assignment.draft else { continue }
        let activations = Activations(db)
        let current = try activations.current(of: TenantKey(command.tenant))
        // The canary ends. A shadow continues, next to the new policies.
        (draft.lineup.guards, draft.lineup.shadow) = (current?.lineup.guards ?? [], current?.lineup.shadow)
        _ = try activations.begin(draft, for: TenantKey(command.tenant), after: current?.number ?? 0)
      }
    }
  }

  /// Begins a generation for each request, all or nothing, and records each; see `PolicyStore`. After
  /// `StoreError.generationPassed` nothing is written: read the state again and make new requests.
  package func apply(_ requests: [PolicyChangeRequest], systemUser: String? = nil) throws -> [Int64] {
    try writing { db in
      try requests.map { request in
        let change = request.draft.change
        let command = try OperatorCommand(
          db, tenant: request.tenant.id, actor: Actor(change.actor, systemUser: systemUser), reason: change.reason,
          at: change.at)
        let generation = try Activations(db).begin(request.draft, for: request.tenant.key, after: request.last)
        if request.list != nil || request.parameters != nil {
          try command.setPolicies(
            request.list ?? request.tenant.policies, request.parameters ?? request.tenant.parameters)
        }
        let subject = request.draft.lineup.live.map(\.policy).joined(separator: ", ")
        let detail = ["generation \(generation)", change.origin].compactMap { $0 }.joined(separator: ", ")
        try command.recordAudit(change.action.rawValue, "policy \(subject)", detail)
        return generation
      }
    }
  }
}

extension OperatorCommand {
  /// Updates the tenant's row.
  fileprivate func setPolicies(_ policies: [String], _ parameters: [Parameter]) throws {
    try db.changeOne(
      "UPDATE tenants SET policies = ?1, params = ?2 WHERE id = ?3",
      [JSONText.text(of: policies), JSONText.text(of: parameters), tenant], expecting: "the tenant's row")
    // They were held under the previous policies; the next cycle checks them again.
    try db.change("DELETE FROM held_files WHERE tenant_id = ?1", [tenant])
  }
}

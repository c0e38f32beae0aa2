internal import GRDB
import Routing

extension SQLiteStore {
  /// Sets the policy lists and parameters of tenants, all of them or none, each on record.
  ///
  /// `prepare` is given what stands as of `tenant` and `decision`, inside the transaction and before anything is written:
  /// nobody else can write between its look and the commit. What it throws is thrown on, and nothing is written then.
  package func assignPolicies(
    _ assignments: [PolicyAssignment], standing tenant: TenantID?, marking decision: Int64, reason: String?,
    actor: String, at now: Instant, prepare: (StoreStanding) throws -> Void
  ) throws {
    try writing { db in
      try prepare(try StandingQuery(db: db).standing(of: tenant, marking: decision))
      for assignment in assignments {
        let command = try OperatorCommand(db, tenant: assignment.tenant, actor: actor, at: now)
        try db.changeOne(
          "UPDATE tenants SET policies = ?, params = ? WHERE id = ?",
          [
            JSONText.text(of: assignment.policies), JSONText.text(of: assignment.parameters), command.tenant,
          ], expecting: "tenant '\(assignment.tenant)'")
        try command.recordAudit("activate", assignment.policies.joined(separator: ", "), reason)
      }
    }
  }
}

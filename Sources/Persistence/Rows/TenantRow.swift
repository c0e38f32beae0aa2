internal import GRDB
import Routing

/// A row of `tenants` as the domain knows it.
enum TenantRow {
  static let columns = "t.id, t.external_id, t.name, t.time_zone, t.policies, t.params, t.patience_s"

  /// A list that cannot be read names itself as the policy: no such policy exists, so this tenant waits with the
  /// reason on record, and the others go on (I-47).
  static func tenant(_ row: Row, guards: GuardRows) -> Tenant {
    let policies: String = row[4]
    return Tenant(
      key: TenantKey(row[0]), id: TenantID(stored: row[1]), name: row[2], timeZone: row[3],
      policies: (try? JSONText.texts(policies, "policies")) ?? [policies],
      parameters: (try? JSONText.parameters(row[5], "params")) ?? [], guards: guards.of(row[0]),
      patienceSeconds: row[6])
  }
}

internal import GRDB
import Routing

/// An active sequence that a trigger can start, with what its enrolments begin with.
struct MatchedSequence {
  let key: Int64
  let id: String
  let trigger: String
  let firstDelayMilliseconds: Int64

  /// Those of one tenant, in the order of their keys. A sequence without steps enrols nobody (I-52); the trigger is
  /// compared as a whole and inside the tenant (I-49, I-51).
  static func all(of tenant: TenantKey, in db: Database) throws -> [MatchedSequence] {
    let sql = """
      SELECT q.id, q.external_id, q.trigger, s.delay_ms
      FROM sequences q JOIN sequence_steps s ON s.sequence_id = q.id AND s.ordinal = 1
      WHERE q.tenant_id = ? AND q.status = 'active' AND q.trigger IS NOT NULL
      ORDER BY q.id
      """
    return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [tenant.raw]).map { row in
      MatchedSequence(key: row[0], id: row[1], trigger: row[2], firstDelayMilliseconds: row[3])
    }
  }
}

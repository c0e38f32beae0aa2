import Routing

/// An active sequence that a trigger can start, with the initial values of its enrolments.
struct MatchedSequence {
  let key: Int64
  let id: String
  let trigger: String
  let firstDelayMilliseconds: Int64

  /// The active sequences of one tenant, in key order. A sequence without steps enrols nobody (I-52). A trigger matches
  /// only by its whole name and inside its tenant (I-49, I-51).
  static func all(of tenant: TenantKey, in db: any SQLConnection) throws -> [MatchedSequence] {
    let sql = """
      SELECT q.id, q.external_id, q.trigger, s.delay_ms
      FROM sequences q JOIN sequence_steps s ON s.sequence_id = q.id AND s.ordinal = 1
      WHERE q.tenant_id = ?1 AND q.status = 'active' AND q.trigger IS NOT NULL
      ORDER BY q.id
      """
    return try db.all(sql, [tenant.raw]) { row in
      MatchedSequence(
        key: row["id"], id: row["external_id"], trigger: row["trigger"], firstDelayMilliseconds: row["delay_ms"])
    }
  }
}

internal import GRDB

/// The statements that read fleets on record, prepared once on one connection.
final class RecordStatements {
  let fleet: RawStatement
  let lastFleet: RawStatement
  let generations: RawStatement

  init(_ db: Database) throws {
    fleet = try RawStatement(db, "SELECT tenant_id, at, base_id, body FROM fleet_records WHERE id = ?1")
    lastFleet = try RawStatement(db, "SELECT max(id) FROM fleet_records WHERE tenant_id = ?1")
    generations = try RawStatement(
      db,
      """
      SELECT a.generation, coalesce(a.policy, r.policy), r.external_id
      FROM policy_activations a CROSS JOIN policy_revisions r ON r.id = a.revision_id
      WHERE a.tenant_id = ?1 ORDER BY a.generation DESC, a.position
      """)
  }
}

internal import GRDB
import Wire

/// What is probably wrong with active sequences: said when they are imported, not after nobody was enrolled
/// (I-52).
enum SequenceWarnings {
  /// The warnings for the sequences with these keys, in the order of the keys.
  static func find(_ db: Database, sequences: Set<Int64>) throws -> [String] {
    var warnings: [String] = []
    for key in sequences.sorted() {
      guard let row = try Row.fetchOne(db.cachedStatement(sql: active), arguments: [key]) else { continue }
      let place = "sequence \(quoted(row[1])) of tenant \(quoted(row[2]))"
      let hasSteps: Bool = row[4]
      if !hasSteps {
        warnings.append("\(place) is active and has no steps: no lead can be enrolled; add steps")
      }
      guard let trigger: String = row[3] else {
        let hasEnrolments: Bool = row[5]
        if !hasEnrolments {
          warnings.append("\(place): this sequence can match 0 leads because it has no trigger")
        }
        continue
      }
      let tenant: Int64 = row[0]
      if let match = try unmatched(db, tenant, trigger) { warnings.append("\(place): \(match)") }
      warnings += try sharing(db, tenant, trigger, key, sequences).map {
        "\(place) and sequence \(quoted($0)) share the trigger \(quoted(trigger)):"
          + " a lead that carries it is enrolled in both"
      }
    }
    return warnings
  }

  /// Why no lead is enrolled, or nil when one carries the trigger or did.
  private static func unmatched(_ db: Database, _ tenant: Int64, _ trigger: String) throws -> String? {
    for sql in [open, any]
    where try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [tenant, trigger]) != nil {
      return nil
    }
    let near = try String.fetchOne(db.cachedStatement(sql: similar), arguments: [tenant, trigger])
    return
      "this sequence can match 0 leads because no lead of the tenant carries the trigger \(quoted(trigger))"
      + (near.map { "; \(quoted($0)) is carried, and triggers match exactly" } ?? "")
  }

  /// Other active sequences with the trigger; of two that the file names, the later one tells.
  private static func sharing(
    _ db: Database, _ tenant: Int64, _ trigger: String, _ key: Int64, _ named: Set<Int64>
  ) throws -> [String] {
    try Row.fetchAll(db.cachedStatement(sql: others), arguments: [tenant, trigger, key])
      .filter { $0[0] < key || !named.contains($0[0]) }
      .map { $0[1] }
  }

  private static func quoted(_ text: String) -> String { "'\(terminalSafe(text))'" }

  private static let active = """
    SELECT q.tenant_id, q.external_id, t.external_id, q.trigger,
      EXISTS (SELECT 1 FROM sequence_steps WHERE sequence_id = q.id),
      EXISTS (SELECT 1 FROM sequence_contacts WHERE sequence_id = q.id)
    FROM sequences q JOIN tenants t ON t.id = q.tenant_id
    WHERE q.id = ? AND q.status = 'active'
    """
  private static let open = """
    SELECT 1 FROM lead_triggers WHERE tenant_id = ? AND trigger = ? AND consumed_at IS NULL LIMIT 1
    """
  private static let any = "SELECT 1 FROM lead_triggers WHERE tenant_id = ? AND trigger = ? LIMIT 1"
  private static let similar = """
    SELECT trigger FROM lead_triggers WHERE tenant_id = ? AND trim(trigger) = trim(?) COLLATE NOCASE LIMIT 1
    """
  private static let others = """
    SELECT id, external_id FROM sequences
    WHERE tenant_id = ? AND trigger = ? AND status = 'active' AND id <> ?
    ORDER BY id
    """
}

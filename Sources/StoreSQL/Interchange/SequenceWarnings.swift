import Wire

/// Warnings about likely mistakes in active sequences, given at import instead of after nobody was enrolled (I-52).
enum SequenceWarnings {
  /// The warnings for the sequences with these keys, in the order of the keys.
  static func find(_ db: any SQLConnection, sequences: Set<Int64>) throws -> [String] {
    var warnings: [String] = []
    for key in sequences.sorted() {
      guard let sequence = try db.first(active, [key], ActiveSequence.init) else { continue }
      let place = "sequence \(quoted(sequence.id)) of tenant \(quoted(sequence.tenantID))"
      if !sequence.hasSteps {
        warnings.append("\(place) is active and has no steps: no lead can be enrolled; add steps")
      }
      if sequence.hasUnservedBulk {
        warnings.append(
          "\(place) has bulk steps, and the tenant's 'bulk_share' is 0: devices with limits take no bulk messages")
      }
      guard let trigger = sequence.trigger else {
        if !sequence.hasEnrolments {
          warnings.append("\(place): this sequence can match 0 leads because it has no trigger")
        }
        continue
      }
      if let match = try unmatched(db, sequence.tenant, trigger) { warnings.append("\(place): \(match)") }
      warnings += try sharing(db, sequence.tenant, trigger, key, sequences).map {
        "\(place) and sequence \(quoted($0)) share the trigger \(quoted(trigger)):"
          + " a lead with this trigger is enrolled in both"
      }
    }
    return warnings
  }

  private struct ActiveSequence {
    let tenant: Int64
    let id, tenantID: String
    let trigger: String?
    let hasSteps, hasEnrolments, hasUnservedBulk: Bool

    init(_ row: SQLRow) {
      tenant = row["tenant_id"]
      id = row["id"]
      tenantID = row["tenant"]
      trigger = row["trigger"]
      hasSteps = row["has_steps"]
      hasEnrolments = row["has_enrolments"]
      hasUnservedBulk = row["has_unserved_bulk"]
    }
  }

  /// Why no lead would be enrolled; nil if a lead has, or had, the trigger.
  private static func unmatched(_ db: any SQLConnection, _ tenant: Int64, _ trigger: String) throws -> String? {
    for sql in [open, any] where try db.value(sql, [tenant, trigger], as: Int64.self) != nil { return nil }
    let near = try db.value(similar, [tenant, trigger], as: String.self)
    return
      "this sequence can match 0 leads because no lead of the tenant has the trigger \(quoted(trigger))"
      + (near.map { "; some have \(quoted($0)), but triggers match exactly" } ?? "")
  }

  /// Other active sequences with the same trigger. If the file names both, only the later one warns.
  private static func sharing(
    _ db: any SQLConnection, _ tenant: Int64, _ trigger: String, _ key: Int64, _ named: Set<Int64>
  ) throws -> [String] {
    try db.all(others, [tenant, trigger, key]) { (key: $0["id"] as Int64, id: $0["external_id"] as String) }
      .filter { $0.key < key || !named.contains($0.key) }
      .map(\.id)
  }

  private static func quoted(_ text: String) -> String { "'\(terminalSafe(text))'" }

  private static let active = """
    SELECT q.tenant_id, q.external_id AS id, t.external_id AS tenant, q.trigger,
      CASE WHEN EXISTS (SELECT 1 FROM sequence_steps WHERE sequence_id = q.id) THEN 1 ELSE 0 END AS has_steps,
      CASE WHEN EXISTS (SELECT 1 FROM sequence_contacts WHERE sequence_id = q.id) THEN 1 ELSE 0 END
        AS has_enrolments,
      CASE WHEN t.bulk_share = 0 AND EXISTS (SELECT 1 FROM sequence_steps WHERE sequence_id = q.id AND priority = 2)
        THEN 1 ELSE 0 END AS has_unserved_bulk
    FROM sequences q JOIN tenants t ON t.id = q.tenant_id
    WHERE q.id = ?1 AND q.status = 'active'
    """
  private static let open = """
    SELECT 1 FROM lead_triggers WHERE tenant_id = ?1 AND trigger = ?2 AND consumed_at IS NULL LIMIT 1
    """
  private static let any = "SELECT 1 FROM lead_triggers WHERE tenant_id = ?1 AND trigger = ?2 LIMIT 1"
  private static let similar = """
    SELECT trigger FROM lead_triggers WHERE tenant_id = ?1 AND lower(trim(trigger)) = lower(trim(?2)) LIMIT 1
    """
  private static let others = """
    SELECT id, external_id FROM sequences
    WHERE tenant_id = ?1 AND trigger = ?2 AND status = 'active' AND id <> ?3
    ORDER BY id
    """
}

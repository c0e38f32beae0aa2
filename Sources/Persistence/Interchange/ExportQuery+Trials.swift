internal import GRDB
import Wire

/// Who changed what decides, and what canaries and shadows came to. A key without a value is left out.
extension ExportQuery {
  static var policyChange: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id, p.generation, p.at, p.actor, p.action, p.reason, p.origin, p.params, p.canary_share,
          p.canary_since, p.canary_params, p.canary_guards, p.shadow_share, p.shadow_since, p.shadow_params, p.evidence
        FROM policy_changes p JOIN tenants t ON t.id = p.tenant_id
        WHERE p.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY p.id
        """
    ) { row, line in
      line.text("tenant", row[0])
      line.whole("generation", row[1])
      line.instant("at", row[2])
      for (index, key) in ["actor", "action", "reason", "origin"].enumerated() { line.textIfAny(key, row[3 + index]) }
      line.storedIfAny("params", row[7])
      line.wholeIfAny("canary_share", row[8])
      line.wholeIfAny("canary_since", row[9])
      line.storedIfAny("canary_params", row[10])
      line.storedIfAny("canary_guards", row[11])
      line.wholeIfAny("shadow_share", row[12])
      line.wholeIfAny("shadow_since", row[13])
      line.storedIfAny("shadow_params", row[14])
      line.storedIfAny("evidence", row[15])
    }
  }

  static var policyText: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id, p.policy, p.digest, p.at FROM policy_texts p JOIN tenants t ON t.id = p.tenant_id
        WHERE p.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY p.tenant_id, p.policy, p.digest
        """
    ) { row, line in
      for (index, key) in ["tenant", "policy", "digest"].enumerated() { line.text(key, row[index]) }
      line.instant("at", row[3])
    }
  }

  static var canaryTally: ExportQuery { of(.canaryTally, "p.generation, p.role") }
  static var shadowTally: ExportQuery { of(.shadowTally, "p.generation") }
  static var shadowDifference: ExportQuery {
    of(.shadowDifference, "p.generation, p.live_outcome, p.live_reason, p.shadow_outcome, p.shadow_reason")
  }
  static var shadowSample: ExportQuery { of(.shadowSample, "p.generation, p.number") }

  private static func of(_ type: TrialLine, _ order: String) -> ExportQuery {
    let columns = type.columns
    return ExportQuery(
      sql: """
        SELECT t.external_id, \(columns.map { "p.\($0.name)" }.joined(separator: ", "))
        FROM \(type.table) p JOIN tenants t ON t.id = p.tenant_id
        WHERE p.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY p.tenant_id, \(order)
        """
    ) { row, line in
      line.text("tenant", row[0])
      for (index, column) in columns.enumerated() {
        switch column.kind {
        case .count: line.whole(column.name, row[1 + index])
        case .text: line.textIfAny(column.name, row[1 + index])
        case .instant: line.instant(column.name, row[1 + index])
        }
      }
    }
  }
}

/// The lines of what canaries and shadows came to: named as their columns.
enum TrialLine {
  case canaryTally, shadowTally, shadowDifference, shadowSample

  enum Kind { case count, text, instant }

  struct Column {
    let name: String
    let kind: Kind
    /// Whether it names the row, with the tenant.
    let isKey: Bool

    init(_ name: String, _ kind: Kind = .count, isKey: Bool = false) {
      (self.name, self.kind, self.isKey) = (name, kind, isKey)
    }
  }

  var table: String {
    switch self {
    case .canaryTally: "canary_tallies"
    case .shadowTally: "shadow_tallies"
    case .shadowDifference: "shadow_differences"
    case .shadowSample: "shadow_samples"
    }
  }

  var columns: [Column] {
    let generation = Column("generation", isKey: true)
    switch self {
    case .canaryTally:
      return [generation, Column("role", .text, isKey: true)]
        + ["decided", "judged", "faults", "waiting", "moved", "sent", "failed"].map { Column($0) }
    case .shadowTally:
      return [generation]
        + [
          "compared", "agreed", "faults", "live_faults", "not_asked", "instructions", "instructions_max",
          "live_instructions", "live_instructions_max",
        ].map { Column($0) }
    case .shadowDifference:
      return [generation]
        + ["live_outcome", "live_reason", "shadow_outcome", "shadow_reason"].map { Column($0, .text, isKey: true) }
        + [Column("decisions")]
    case .shadowSample:
      return [generation, Column("number", isKey: true), Column("contact", .text), Column("at", .instant)]
        + [
          "live_outcome", "live_device", "live_reason", "shadow_outcome", "shadow_device", "shadow_reason",
        ].map { Column($0, .text) } + [Column("shadow_instructions")]
    }
  }
}

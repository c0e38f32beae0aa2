import Wire

/// Policy changes, and the results of canaries and shadows. Keys without a value are left out.
extension ExportQuery {
  static var policyChange: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, p.generation, p.at, p.actor, p.action, p.reason, p.origin, p.params,
          p.canary_share, p.canary_since, p.canary_params, p.canary_rollback_limits, p.shadow_share,
          p.shadow_since, p.shadow_params, p.evidence
        FROM policy_changes p JOIN tenants t ON t.id = p.tenant_id
        WHERE p.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY p.id
        """
    ) { row, line in
      line.text("tenant", row["tenant"])
      line.whole("generation", row["generation"])
      line.instant("at", row["at"])
      for key in ["actor", "action", "reason", "origin"] { line.textIfAny(key, row[key]) }
      line.storedIfAny("params", row["params"])
      line.wholeIfAny("canary_share", row["canary_share"])
      line.wholeIfAny("canary_since", row["canary_since"])
      line.storedIfAny("canary_params", row["canary_params"])
      line.storedIfAny("canary_rollback_limits", row["canary_rollback_limits"])
      line.wholeIfAny("shadow_share", row["shadow_share"])
      line.wholeIfAny("shadow_since", row["shadow_since"])
      line.storedIfAny("shadow_params", row["shadow_params"])
      line.storedIfAny("evidence", row["evidence"])
    }
  }

  static var policyText: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, p.policy, p.digest, p.at
        FROM policy_texts p JOIN tenants t ON t.id = p.tenant_id
        WHERE p.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY p.tenant_id, p.policy, p.digest
        """
    ) { row, line in
      for key in ["tenant", "policy", "digest"] { line.text(key, row[key]) }
      line.instant("at", row["at"])
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
        SELECT t.external_id AS tenant, \(columns.map { "p.\($0.name)" }.joined(separator: ", "))
        FROM \(type.table) p JOIN tenants t ON t.id = p.tenant_id
        WHERE p.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY p.tenant_id, \(order)
        """
    ) { row, line in
      line.text("tenant", row["tenant"])
      for column in columns {
        switch column.kind {
        case .count: line.whole(column.name, row[column.name])
        case .text: line.textIfAny(column.name, row[column.name])
        case .instant: line.instant(column.name, row[column.name])
        }
      }
    }
  }
}

/// The lines with the results of canaries and shadows; their keys are named after the columns.
enum TrialLine {
  case canaryTally, shadowTally, shadowDifference, shadowSample

  enum Kind { case count, text, instant }

  struct Column {
    let name: String
    let kind: Kind
    /// Whether the column is part of the row's key, together with the tenant.
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

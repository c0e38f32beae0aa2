import Routing

/// One of the places that record changes.
struct AuditSource: Sendable {
  let sql: String
  /// The kinds of its subjects; nil for all.
  let kind: String?
  let takesDevice: Bool
  let line: @Sendable (SQLRow) -> AuditLine

  func canMatch(_ subject: AuditSubject?) -> Bool { kind == nil || subject?.kind == nil || subject?.kind == kind }

  static let all = [audit, deviceEvents, policyChanges]

  static let audit = AuditSource(
    sql: """
      SELECT u.at, u.actor, u.system_user, u.action, t.external_id AS tenant, u.subject, u.detail, u.reason, u.file,
        u.digest, u.counts
      FROM audit u LEFT JOIN tenants t ON t.id = u.tenant_id
      WHERE u.at BETWEEN ?1 AND ?2 AND (u.tenant_id = ?3 OR ?3 IS NULL)
      ORDER BY u.at DESC, u.id DESC
      """, kind: nil, takesDevice: false
  ) { row in
    let subject = StoredSubject(row["subject"], of: row["action"])
    let detail: String? = row["detail"]
    return AuditLine(
      at: Instant(milliseconds: row["at"]), actor: row["actor"], systemUser: row["system_user"],
      action: row["action"], tenant: row["tenant"], subject: subject.text,
      detail: subject.generation.map { ["generation \($0)", detail].compactMap(\.self).joined(separator: ", ") }
        ?? detail,
      reason: row["reason"], file: row["file"], digest: row["digest"],
      counts: row["counts"])
  }

  /// `CROSS JOIN` makes SQLite join the tables in this order, so that an index returns the rows sorted by time.
  static let deviceEvents = AuditSource(
    sql: """
      SELECT e.at, e.actor, e.system_user, e.kind, t.external_id AS tenant, d.external_id AS device, e.detail
      FROM device_events e CROSS JOIN user_devices d ON d.id = e.device_id CROSS JOIN tenants t ON t.id = e.tenant_id
      WHERE e.at BETWEEN ?1 AND ?2 AND (e.tenant_id = ?3 OR ?3 IS NULL) AND (d.external_id = ?4 OR ?4 IS NULL)
      ORDER BY e.at DESC, e.id DESC
      """, kind: "device", takesDevice: true
  ) { row in
    let event = DeviceEventText(kind: row["kind"], text: row["detail"])
    return AuditLine(
      at: Instant(milliseconds: row["at"]), actor: row["actor"], systemUser: row["system_user"], action: row["kind"],
      tenant: row["tenant"], subject: "device \(row["device"] as String)", detail: event.detail, reason: event.reason)
  }

  /// Changes that the audit does not have: those of cycles, and automatic canary rollbacks. A change that a cycle made
  /// because a person had changed rows is left out; that person's audit line covers it.
  static let policyChanges = AuditSource(
    sql: """
      SELECT p.at, p.actor, p.action, t.external_id AS tenant, p.generation, p.reason, p.origin,
        (SELECT group_concat(name, ', ') FROM (
          SELECT coalesce(a.policy, r.policy) AS name
          FROM policy_activations a JOIN policy_revisions r ON r.id = a.revision_id
          WHERE a.tenant_id = p.tenant_id AND a.generation = p.generation AND a.role = 'live'
          ORDER BY a.position) live) AS policies
      FROM policy_changes p CROSS JOIN tenants t ON t.id = p.tenant_id
      WHERE p.at BETWEEN ?1 AND ?2 AND (p.tenant_id = ?3 OR ?3 IS NULL)
        AND (p.actor = '\(PolicyChange.program)' OR p.action NOT IN ('edit', 'guards'))
        AND NOT EXISTS (
          SELECT 1 FROM audit u WHERE u.at = p.at AND u.tenant_id = p.tenant_id AND u.actor = p.actor)
      ORDER BY p.at DESC, p.id DESC
      """, kind: "policy", takesDevice: false
  ) { row in
    let (generation, origin): (Int64, String?) = (row["generation"], row["origin"])
    return AuditLine(
      at: Instant(milliseconds: row["at"]), actor: row["actor"], systemUser: nil, action: row["action"],
      tenant: row["tenant"], subject: "policy \(row["policies"] as String)",
      detail: ["generation \(generation)", origin].compactMap { $0 }.joined(separator: ", "), reason: row["reason"])
  }
}

/// A subject as any version stored it: earlier versions left out the kind and added the generation.
private struct StoredSubject {
  let text: String
  let generation: String?

  init(_ stored: String, of action: String) {
    let kind: String? =
      switch action {
      case "retry": "contact"
      case "opt-out": "lead"
      case "activate", "plan", "canary", "promote", "shadow", "stop", "rollback": "policy"
      default: nil
      }
    guard let kind, !stored.hasPrefix("\(kind) ") else {
      (text, generation) = (stored, nil)
      return
    }
    guard kind == "policy", let match = stored.wholeMatch(of: /(.*) \(generation ([0-9]+)\)/) else {
      (text, generation) = ("\(kind) \(stored)", nil)
      return
    }
    (text, generation) = ("\(kind) \(match.1)", String(match.2))
  }
}

/// The text of a device event: what was done, then the reason.
private struct DeviceEventText {
  let detail: String?
  let reason: String?

  init(kind: String, text: String?) {
    switch (kind, text) {
    case ("paused", let text?) where text.hasPrefix("until "), ("status", let text?):
      guard let colon = text.firstRange(of: ": ") else {
        (detail, reason) = (text, nil)
        return
      }
      (detail, reason) = (String(text[..<colon.lowerBound]), String(text[colon.upperBound...]))
    default: (detail, reason) = (nil, text)
    }
  }
}

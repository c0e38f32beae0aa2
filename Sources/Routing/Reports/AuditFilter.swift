/// Selects lines of the audit.
package struct AuditFilter: Sendable {
  /// From this time on.
  package var since: Instant
  /// Up to this time; nil for no end.
  package var until: Instant?
  /// The subject of the lines; nil for any.
  package var subject: AuditSubject?
  /// A person: the given name, the system user, or the user who called `sudo`.
  package var actor: String?
  /// Only lines about this tenant; nil for all.
  package var tenant: TenantID?
  /// The maximum number of lines; the newest are kept.
  package var limit: Int

  /// By default, filters only by time and `limit`.
  package init(
    since: Instant, until: Instant? = nil, subject: AuditSubject? = nil, actor: String? = nil, tenant: TenantID? = nil,
    limit: Int
  ) {
    (self.since, self.until, self.subject) = (since, until, subject)
    (self.actor, self.tenant, self.limit) = (actor, tenant, limit)
  }

  /// Whether a line passes the conditions on subject and actor; the query checks the other conditions.
  package func matches(_ line: AuditLine) -> Bool {
    if let subject, !subject.matches(line.subject) { return false }
    guard let actor else { return true }
    return [line.actor, line.systemUser].compactMap { $0 }.contains { AuditFilter.names(in: $0).contains(actor) }
  }

  /// The names in `root (sudo by ann)` are the whole text, `root` and `ann`.
  private static func names(in text: String) -> [String] {
    let parts = text.split(whereSeparator: { "()".contains($0) }).map { part in
      part.split(separator: " by ", maxSplits: 1).last.map(String.init) ?? String(part)
    }
    return [text] + parts.map { String($0.drop(while: { $0 == " " }).reversed().drop(while: { $0 == " " }).reversed()) }
  }
}

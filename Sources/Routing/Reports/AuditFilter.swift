/// Which lines of the audit are asked for.
package struct AuditFilter: Sendable {
  /// From this moment on.
  package var since: Instant
  /// Up to this moment; nil is without end.
  package var until: Instant?
  /// What lines must be about; nil for anything.
  package var subject: AuditSubject?
  /// A person: by the name that was given, the system user, or who called `sudo`.
  package var actor: String?
  /// Lines about this tenant alone; nil for all.
  package var tenant: TenantID?
  /// The most lines, of the newest.
  package var limit: Int

  /// Without subject, actor and tenant, only the time and `limit` count.
  package init(
    since: Instant, until: Instant? = nil, subject: AuditSubject? = nil, actor: String? = nil, tenant: TenantID? = nil,
    limit: Int
  ) {
    (self.since, self.until, self.subject) = (since, until, subject)
    (self.actor, self.tenant, self.limit) = (actor, tenant, limit)
  }

  /// Whether a line passes the conditions on subject and actor; queries check the others.
  package func matches(_ line: AuditLine) -> Bool {
    if let subject, !subject.matches(line.subject) { return false }
    guard let actor else { return true }
    return [line.actor, line.systemUser].compactMap { $0 }.contains { AuditFilter.names(in: $0).contains(actor) }
  }

  /// `root (sudo by ann)` is that, and names root and ann.
  private static func names(in text: String) -> [String] {
    let parts = text.split(whereSeparator: { "()".contains($0) }).map { part in
      part.split(separator: " by ", maxSplits: 1).last.map(String.init) ?? String(part)
    }
    return [text] + parts.map { String($0.drop(while: { $0 == " " }).reversed().drop(while: { $0 == " " }).reversed()) }
  }
}

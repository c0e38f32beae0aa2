/// Something that was done to a store's rows: who, what, why.
package struct AuditLine: Equatable, Sendable {
  /// When it took effect; lines are sorted by it.
  package var at: Instant
  /// A person, or `usher` for what the program did by itself.
  package var actor: String
  /// The system user, where `actor` is another name.
  package var systemUser: String?
  /// One word: `paused`, `import`, `activate`.
  package var action: String
  /// Nil for what is no single tenant's.
  package var tenant: String?
  /// As in `device D1`; or `store`.
  package var subject: String
  /// What changed, in words; nil where the action says it all.
  package var detail: String?
  /// In the actor's words; nil when none were given.
  package var reason: String?
  /// Of an import.
  package var file: String?
  /// `sha256:` of the imported bytes; nil for other actions.
  package var digest: String?
  /// Of the same: lines by type, as a JSON object of objects with `created`, `updated` and `unchanged`.
  package var counts: String?

  /// `file`, `digest` and `counts` belong to an import.
  package init(
    at: Instant, actor: String, systemUser: String? = nil, action: String, tenant: String? = nil, subject: String,
    detail: String? = nil, reason: String? = nil, file: String? = nil, digest: String? = nil, counts: String? = nil
  ) {
    self.at = at
    self.actor = actor
    self.systemUser = systemUser
    self.action = action
    self.tenant = tenant
    self.subject = subject
    self.detail = detail
    self.reason = reason
    self.file = file
    self.digest = digest
    self.counts = counts
  }
}

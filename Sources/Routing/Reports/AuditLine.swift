/// A recorded action on a store's data: who, what, why.
package struct AuditLine: Equatable, Sendable {
  /// When it took effect; lines are sorted by this time.
  package var at: Instant
  /// A person's name, or `usher` for an action of the program itself.
  package var actor: String
  /// The system user, if it differs from `actor`.
  package var systemUser: String?
  /// One word: `paused`, `import`, `activate`.
  package var action: String
  /// Nil for actions that concern no single tenant.
  package var tenant: String?
  /// Such as `device D1`, or `store`.
  package var subject: String
  /// What changed, as text; nil if the action is enough.
  package var detail: String?
  /// The actor's reason; nil if none was given.
  package var reason: String?
  /// The imported file; nil for other actions.
  package var file: String?
  /// `sha256:` of the imported bytes; nil for other actions.
  package var digest: String?
  /// The imported lines by type, as a JSON object of objects with `created`, `updated` and `unchanged`; nil for other
  /// actions.
  package var counts: String?

  /// `file`, `digest` and `counts` are only for an import.
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

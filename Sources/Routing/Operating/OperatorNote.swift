/// Who gave a command, why and when.
package struct OperatorNote: Sendable {
  /// The operator, as the audit names them.
  package var actor: Actor
  /// The operator's reason; nil if none was given.
  package var reason: String?
  /// When the command was given; the audit is sorted by this time.
  package var at: Instant

  /// `at` comes from the caller's clock: stores do not read the time.
  package init(actor: Actor, reason: String?, at: Instant) {
    (self.actor, self.reason, self.at) = (actor, reason, at)
  }
}

/// Who gave a command, why and when.
package struct OperatorNote: Sendable {
  /// The operator, as the audit names them.
  package var actor: Actor
  /// In the operator's words; nil when none were given.
  package var reason: String?
  /// When the command was given; the audit is sorted by it.
  package var at: Instant

  /// `at` comes from the caller's clock: stores read none.
  package init(actor: Actor, reason: String?, at: Instant) {
    (self.actor, self.reason, self.at) = (actor, reason, at)
  }
}

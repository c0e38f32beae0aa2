/// Who gave a command, why and when.
package struct OperatorNote: Sendable {
  package var actor: Actor
  package var reason: String?
  package var at: Instant

  package init(actor: Actor, reason: String?, at: Instant) {
    (self.actor, self.reason, self.at) = (actor, reason, at)
  }
}

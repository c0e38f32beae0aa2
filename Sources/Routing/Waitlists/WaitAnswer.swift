/// The last answer of a waiting contact, to notice an answer that repeats it.
package struct WaitAnswer: Equatable, Sendable {
  /// As stored: shortened to the column's limit.
  package let reason: String
  /// Nil if a script wrote the reason.
  package let code: ReasonCode?
  /// The digest of the deciding policy or guard.
  package let revision: String

  /// The values of a recorded wait.
  package init(reason: String, code: ReasonCode?, revision: String) {
    (self.reason, self.code, self.revision) = (reason, code, revision)
  }

  /// The answer that a change records; nil if it has no reason.
  package init?(_ change: EnrolmentChange, _ decision: Decision) {
    guard let reason = change.reason else { return nil }
    self.init(reason: reason, code: change.code, revision: decision.revision)
  }
}

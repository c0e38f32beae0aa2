import Routing

/// What the `enroll` hooks answered about a lead.
package struct EnrolmentAnswer: Equatable, Sendable {
  /// What becomes of the lead. A hook that failed makes it wait.
  package let choice: EnrolmentChoice
  /// The policy that made the choice; nil when none had an opinion.
  package let origin: DecisionOrigin?
  /// Why that policy's answer could not be used: its fault as the wait's reason has it. Nil when it could.
  package let failure: String?

  init(_ choice: EnrolmentChoice, by origin: DecisionOrigin?, failure: String? = nil) {
    (self.choice, self.origin, self.failure) = (choice, origin, failure)
  }
}

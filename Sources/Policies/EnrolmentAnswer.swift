import Routing

/// The result of the `enroll` hooks for a lead.
package struct EnrolmentAnswer: Equatable, Sendable {
  /// What happens to the lead. It waits if a hook failed.
  package let choice: EnrolmentChoice
  /// The policy that chose; nil if none had an opinion.
  package let origin: DecisionOrigin?
  /// The fault of that policy, as in the wait's reason; nil without a fault.
  package let failure: String?
  /// The code of the failure; nil if the script wrote its message.
  package let failureCode: ReasonCode?

  init(_ choice: EnrolmentChoice, by origin: DecisionOrigin?, failure: String? = nil, code: ReasonCode? = nil) {
    (self.choice, self.origin, self.failure, failureCode) = (choice, origin, failure, code)
  }
}

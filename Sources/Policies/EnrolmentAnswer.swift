import Routing

/// The result of the `enroll` hooks for a lead.
package struct EnrolmentAnswer: Equatable, Sendable {
  /// What happens to the lead. It waits if a hook failed.
  package let choice: EnrolmentChoice
  /// The policy that chose; nil if none had an opinion.
  package let origin: DecisionOrigin?
  /// The fault of that policy, as in the wait's reason; nil without a fault.
  package let failure: String?
  /// The same fault in its parts; nil without a fault.
  package let fault: Fault?
  /// The code of the failure; nil if the script wrote its message.
  package var failureCode: ReasonCode? { fault?.code }

  init(_ choice: EnrolmentChoice, by origin: DecisionOrigin?, failure: String? = nil, fault: Fault? = nil) {
    (self.choice, self.origin, self.failure, self.fault) = (choice, origin, failure, fault)
  }
}

/// A due step of an enrolment, as a store passes it to the decision.
package struct DueStep: Equatable, Sendable {
  /// The enrolment with its lead, as policies see it.
  package var contact: Contact
  /// The step's template in the sequence.
  package var content: String
  /// Whether the lead opted out.
  package var isOptedOut: Bool
  /// The lead, if it has other enrolments too: a message queued for one of them counts for the others.
  package var otherwiseEnrolledLead: LeadKey?

  /// By default a lead that did not opt out and has one enrolment.
  package init(
    contact: Contact, content: String, isOptedOut: Bool = false,
    otherwiseEnrolledLead: LeadKey? = nil
  ) {
    self.contact = contact
    self.content = content
    self.isOptedOut = isOptedOut
    self.otherwiseEnrolledLead = otherwiseEnrolledLead
  }
}

/// A contact's current step.
package enum CurrentStep: Equatable, Sendable {
  case undecided(DueStep)
  /// The row cannot be read; the text says why.
  case unreadable(String)
  /// The step has a message, or the enrolment has ended.
  case decided
}

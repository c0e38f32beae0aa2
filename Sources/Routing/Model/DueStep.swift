/// A step of an enrolment that is due, as storage hands it to the decision.
package struct DueStep: Equatable, Sendable {
  /// The enrolment with its lead, as policies see it.
  package var contact: Contact
  /// The step's template as it stands in the sequence.
  package var content: String
  /// The lead asked not to be written to.
  package var isOptedOut: Bool
  /// The lead, where it has other enrolments too: what is queued for one of them counts for the others.
  package var otherwiseEnrolledLead: LeadKey?

  /// Defaults describe a lead that did not opt out and has one enrolment.
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
  /// The row cannot be read; why.
  case unreadable(String)
  /// A message carries it, or the contact is at its end.
  case decided
}

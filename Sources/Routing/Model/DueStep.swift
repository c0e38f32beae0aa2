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
  /// The contact's faults in a row: since its last decision without one.
  package var faults: Int

  /// By default a lead that did not opt out and has one enrolment, without faults.
  package init(
    contact: Contact, content: String, isOptedOut: Bool = false,
    otherwiseEnrolledLead: LeadKey? = nil, faults: Int = 0
  ) {
    self.contact = contact
    self.content = content
    self.isOptedOut = isOptedOut
    self.otherwiseEnrolledLead = otherwiseEnrolledLead
    self.faults = faults
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

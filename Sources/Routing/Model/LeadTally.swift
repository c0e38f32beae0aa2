/// Messages that were queued since the due steps at hand were read, for leads that have several enrolments: the next step
/// of such a lead is decided with them counted in.
package struct LeadTally {
  private var queued: [LeadKey: Int] = [:]

  /// For one batch: counts start at zero with each read of due steps.
  package init() {}

  /// The step as it stands now. Costs a look at one field for a lead with one enrolment.
  @inline(__always)
  package func current(_ due: DueStep) -> DueStep {
    guard let lead = due.otherwiseEnrolledLead, let count = queued[lead] else { return due }
    var current = due
    current.contact = due.contact.with(messagesDay: due.contact.messagesDay + count)
    return current
  }

  /// Takes over what became of a step.
  @inline(__always)
  package mutating func note(_ commit: StepCommit, of due: DueStep) {
    guard let lead = due.otherwiseEnrolledLead, case .queue = commit else { return }
    queued[lead, default: 0] += 1
  }
}

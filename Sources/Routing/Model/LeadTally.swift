/// Counts messages queued since the due steps of a batch were read, for leads with several enrolments, so that the next
/// step of such a lead is decided with them counted.
package struct LeadTally {
  private var queued: [LeadKey: Int] = [:]

  /// For one batch: counts start at zero with each read of due steps.
  package init() {}

  /// The step with the current count of messages. For a lead with one enrolment this reads only one field.
  @inline(__always)
  package func current(_ due: DueStep) -> DueStep {
    guard let lead = due.otherwiseEnrolledLead, let count = queued[lead] else { return due }
    var current = due
    current.contact = due.contact.with(messagesDay: due.contact.messagesDay + count)
    return current
  }

  /// Counts the message that a commit queues.
  @inline(__always)
  package mutating func note(_ commit: StepCommit, of due: DueStep) {
    guard let lead = due.otherwiseEnrolledLead, case .queue = commit else { return }
    queued[lead, default: 0] += 1
  }
}

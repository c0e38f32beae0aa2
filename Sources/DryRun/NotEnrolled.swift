import Routing

/// The error for a lead in no sequence, which has no contact to explain. Its message says what the lead waits for.
package struct NotEnrolled: UsherError {
  let leads: [UnenrolledLead]

  package var code: ErrorCode { .contactNotFound }
  package var message: String { leads.map(NotEnrolled.text).joined(separator: "\n") }

  private static func text(_ lead: UnenrolledLead) -> String {
    let start = "\(lead.id) of \(lead.tenant) is a lead in no sequence, so no step is due"
    if let at = lead.optedOutAt { return "\(start): it opted out at \(at.rfc3339)" }
    guard !lead.triggers.isEmpty else { return "\(start): it has no trigger; import one for it" }
    return ([start] + lead.triggers.map { "  trigger '\($0.name)' \(text($0))" }).joined(separator: "\n")
  }

  private static func text(_ trigger: UnenrolledLead.Trigger) -> String {
    if let at = trigger.consumedAt {
      return "was consumed at \(at.rfc3339)\(trigger.reason.map { ": \($0)" } ?? "")"
    }
    guard !trigger.sequences.isEmpty else { return "is open, and no sequence has this trigger" }
    let active = trigger.sequences.filter { $0.status == "active" }
    guard !active.isEmpty else {
      return "is open, and waits for its sequence: "
        + trigger.sequences.map { "\($0.id) is \($0.status)" }.joined(separator: ", ")
    }
    let started = "enrols it in \(active.map(\.id).joined(separator: ", "))"
    guard let next = trigger.nextAt else { return "is open: the next cycle \(started)" }
    return "is open and \(started), but not before \(next.rfc3339)\(trigger.reason.map { ": \($0)" } ?? "")"
  }
}

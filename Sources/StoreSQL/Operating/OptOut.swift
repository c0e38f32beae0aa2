import Routing

/// What a lead's wish not to be written to does to its enrolments and messages.
struct OptOut {
  static let reason = ClaimTransition.optedOutReason

  private let db: any SQLConnection

  init(_ db: any SQLConnection) { self.db = db }

  /// Cancels all messages of a lead that wait; gives back how many.
  func cancelMessages(ofLead lead: Int64) throws -> Int {
    try db.change(
      """
      UPDATE broadcast_messages SET status = 'cancelled', error = ?1
      WHERE status = 'pending' AND sequence_contact_id IN (SELECT id FROM sequence_contacts WHERE lead_id = ?2)
      """, [OptOut.reason, lead])
  }

  /// Cancels all enrolments of a lead that are not over; gives back how many.
  func cancelEnrolments(ofLead lead: Int64, at now: Instant) throws -> Int {
    try db.change(
      """
      UPDATE sequence_contacts
      SET status = 'cancelled', reason = ?1, ended_at = ?2, next_at = NULL, capacity_at = NULL
      WHERE lead_id = ?3 AND status IN ('scheduled', 'waiting', 'queued')
      """, [OptOut.reason, now.milliseconds, lead])
  }
}

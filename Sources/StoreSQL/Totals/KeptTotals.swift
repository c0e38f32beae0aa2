import Routing

/// The changes that one batch makes to the kept totals, added to them once at the end of the batch.
///
/// Triggers keep the totals for all other writers. Between `begin` and `write` they count nothing, so a batch must report
/// each change of a message's status, of an enrolment's step or device, and of its end. Both calls must be in one
/// transaction that ends with an error if the batch does.
struct KeptTotals {
  private struct MessagePlace: Hashable {
    let step: Int64
    let status: MessageStatus
  }

  private struct EnrolmentPlace: Hashable {
    let sequence: Int64
    let step: Int
    /// Nil for an open enrolment.
    let end: EnrolmentStatus?
  }

  private let db: any SQLConnection
  private var messages: [MessagePlace: Int] = [:]
  private var enrolments: [EnrolmentPlace: Int] = [:]
  private var contacts: [Int64: Int] = [:]

  /// Changes nothing before `begin`.
  init(_ db: any SQLConnection) { self.db = db }

  /// Stops the triggers. Costs one row.
  func begin() throws { try db.change("UPDATE kept_totals SET is_grouped = 1 WHERE id = 1") }

  /// Adds the changes and starts the triggers again. Costs one row for each total that changed.
  func write() throws {
    for (place, count) in messages where count != 0 {
      try db.change(
        """
        INSERT INTO message_totals (sequence_step_id, status, messages) VALUES (?1, ?2, ?3)
        ON CONFLICT (sequence_step_id, status) DO UPDATE SET messages = message_totals.messages + excluded.messages
        """, [place.step, place.status.rawValue, count])
    }
    for (place, count) in enrolments where count != 0 {
      try db.change(
        """
        INSERT INTO enrolment_totals (sequence_id, step, state, enrolments) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (sequence_id, step, state) DO UPDATE SET enrolments = enrolment_totals.enrolments + excluded.enrolments
        """, [place.sequence, place.step, place.end?.rawValue ?? KeptTotals.open, count])
    }
    for (device, count) in contacts where count != 0 {
      try db.change(
        """
        INSERT INTO contact_totals (device_id, contacts) VALUES (?1, ?2)
        ON CONFLICT (device_id) DO UPDATE SET contacts = contact_totals.contacts + excluded.contacts
        """, [device, count])
    }
    try db.change("UPDATE kept_totals SET is_grouped = 0 WHERE id = 1")
  }

  /// The state of an open enrolment in `enrolment_totals`.
  static let open = "open"

  /// The statuses that are counted from the rows: those of messages that are still queued or on their way.
  static func isCounted(_ status: MessageStatus) -> Bool { status != .pending && status != .sending }

  /// A message of a step, on its way until now, has a new status.
  mutating func endSending(ofStep step: Int64, as status: MessageStatus) {
    if KeptTotals.isCounted(status) { messages[MessagePlace(step: step, status: status), default: 0] += 1 }
  }

  /// A lead was enrolled at a step; `device` nil is no device.
  mutating func enrol(in sequence: Int64, step: Int, device: Int64?) {
    enrolments[EnrolmentPlace(sequence: sequence, step: step, end: nil), default: 0] += 1
    contacts[device ?? 0, default: 0] += 1
  }

  /// An open enrolment moved from one step to another or stayed at it, and ended with the status `end` unless that is nil.
  mutating func move(in sequence: Int64, from: Int, to step: Int, end: EnrolmentStatus?, device: Int64?) {
    guard from != step || end != nil else { return }
    enrolments[EnrolmentPlace(sequence: sequence, step: from, end: nil), default: 0] -= 1
    enrolments[EnrolmentPlace(sequence: sequence, step: step, end: end), default: 0] += 1
    if end != nil { contacts[device ?? 0, default: 0] -= 1 }
  }
}

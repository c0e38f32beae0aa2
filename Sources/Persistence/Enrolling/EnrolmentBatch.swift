internal import GRDB
import Routing

/// One batch of triggers of a tenant, turned into enrolments inside a transaction.
struct EnrolmentBatch {
  private let db: Database
  private let tenant: TenantKey
  private let now: Instant
  private let zones: any ZoneOffsets
  private var counts = EnrolmentCounts()

  /// What one sequence made of a trigger.
  private enum Result {
    case enrolled
    case enrolledAlready
    case leftOut(reason: String)
    case waits(until: Instant, reason: String)
  }

  init(_ db: Database, tenant: TenantKey, at now: Instant, zones: any ZoneOffsets) {
    (self.db, self.tenant, self.now, self.zones) = (db, tenant, now, zones)
  }

  mutating func run(limit: Int, choose: (Lead) throws -> EnrolmentChoice) throws -> EnrolmentCounts {
    let sequences = Dictionary(grouping: try MatchedSequence.all(of: tenant, in: db), by: \.trigger)
    let leads = try TriggeredLead.oldest(Set(sequences.keys), of: tenant, limit: limit, at: now, in: db)
    for lead in leads {
      let results = try (sequences[lead.name] ?? []).map { try enrol(lead, in: $0, choose) }
      try settle(lead, results)
      counts.triggers += 1
    }
    return counts
  }

  private mutating func enrol(
    _ lead: TriggeredLead, in sequence: MatchedSequence, _ choose: (Lead) throws -> EnrolmentChoice
  ) throws -> Result {
    guard try !isEnrolled(lead, in: sequence) else { return .enrolledAlready }
    let shown: Lead
    do throws(UnreadableRow) {
      shown = try lead.lead(for: sequence, zones: zones, at: now)
    } catch {
      return inAnHour("this lead's row cannot be read: \(error.reason)")
    }
    switch try choose(shown) {
    case .wait(let until, let reason): return .waits(until: until, reason: reason)
    case .leaveOut(let reason): return .leftOut(reason: reason.asReason)
    case .enrol(let device, let reason):
      let id = "\(sequence.id)/\(lead.id)"
      guard try !isTaken(id) else { return inAnHour("an enrolment called '\(id)' exists: rename the lead") }
      try insert(lead, in: sequence, id: id, device: device, reason: reason.asReason)
      counts.enrolled += 1
      return .enrolled
    }
  }

  private func inAnHour(_ reason: String) -> Result {
    .waits(until: now.advanced(bySeconds: Admission.quarantineSeconds), reason: reason)
  }

  private func insert(
    _ lead: TriggeredLead, in sequence: MatchedSequence, id: String, device: DeviceKey?, reason: String
  ) throws {
    let dueAt = now.advanced(byMilliseconds: sequence.firstDelayMilliseconds).milliseconds
    try db.change(
      """
      INSERT INTO sequence_contacts (tenant_id, sequence_id, lead_id, external_id, contact_phone,
        assigned_device_id, status, current_step, due_at, next_at, enrolled_at)
      VALUES (?, ?, ?, ?, ?, ?, 'scheduled', 1, ?, ?, ?)
      """,
      [
        tenant.raw, sequence.key, lead.lead, id, lead.phone, device?.raw, dueAt, dueAt, now.milliseconds,
      ])
    guard let device else { return }
    let enrolment = db.lastInsertedRowID
    try db.change(
      """
      INSERT INTO assignments (tenant_id, sequence_contact_id, device_id, decision_id, reason, actor, at)
      VALUES (?, ?, ?, NULL, ?, 'usher', ?)
      """, [tenant.raw, enrolment, device.raw, reason, now.milliseconds])
  }

  /// A trigger that waits in one of its sequences stays open: the others find the lead enrolled next time.
  private func settle(_ lead: TriggeredLead, _ results: [Result]) throws {
    var wait: (until: Instant, reason: String)?
    var consumedReason: String?
    for result in results {
      switch result {
      case .waits(let until, let reason):
        if wait.map({ until < $0.until }) ?? true { wait = (until, reason) }
      case .enrolled: consumedReason = "enrolled"
      case .leftOut(let reason): consumedReason = consumedReason ?? reason
      case .enrolledAlready: break
      }
    }
    let expectation = "the trigger '\(lead.name)' of lead \(lead.id) to be open"
    guard let wait else {
      return try db.changeOne(
        """
        UPDATE lead_triggers SET consumed_at = ?, consumed_reason = ?, next_at = NULL, wait_reason = NULL
        WHERE id = ? AND consumed_at IS NULL
        """, [now.milliseconds, consumedReason ?? "already enrolled", lead.trigger], expecting: expectation)
    }
    try db.changeOne(
      "UPDATE lead_triggers SET next_at = ?, wait_reason = ? WHERE id = ? AND consumed_at IS NULL",
      [wait.until.milliseconds, wait.reason.asReason, lead.trigger], expecting: expectation)
  }

  private func isEnrolled(_ lead: TriggeredLead, in sequence: MatchedSequence) throws -> Bool {
    let sql = "SELECT EXISTS (SELECT 1 FROM sequence_contacts WHERE sequence_id = ? AND lead_id = ?)"
    return try Bool.fetchOne(db.cachedStatement(sql: sql), arguments: [sequence.key, lead.lead]) ?? false
  }

  private func isTaken(_ id: String) throws -> Bool {
    let sql = "SELECT EXISTS (SELECT 1 FROM sequence_contacts WHERE tenant_id = ? AND external_id = ?)"
    return try Bool.fetchOne(db.cachedStatement(sql: sql), arguments: [tenant.raw, id]) ?? false
  }
}

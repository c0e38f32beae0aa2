import Routing

/// Turns one batch of a tenant's triggers into enrolments, inside a transaction.
struct EnrolmentBatch {
  private let db: any SQLConnection
  private let tenant: TenantKey
  private let now: Instant
  private let zones: any ZoneOffsets
  private var counts = EnrolmentCounts()
  private var totals: KeptTotals

  init(_ db: any SQLConnection, tenant: TenantKey, at now: Instant, zones: any ZoneOffsets) {
    (self.db, self.tenant, self.now, self.zones) = (db, tenant, now, zones)
    totals = KeptTotals(db)
  }

  /// Processes up to `limit` triggers; ends earlier if `isOver` is true after one of them.
  mutating func run(
    limit: Int, isOver: () -> Bool, choose: (Lead) throws -> EnrolmentChoice
  ) throws -> EnrolmentCounts {
    let sequences = Dictionary(grouping: try MatchedSequence.all(of: tenant, in: db), by: \.trigger)
    let leads = try TriggeredLead.oldest(Set(sequences.keys), of: tenant, limit: limit, at: now, in: db)
    if leads.isEmpty { return counts }
    try totals.begin()
    for lead in leads {
      let results = try (sequences[lead.name] ?? []).map { try enrol(lead, in: $0, choose) }
      try write(TriggerTransition.change(after: results), of: lead)
      counts.triggers += 1
      if isOver() { break }
    }
    try totals.write()
    counts.hasMore = counts.triggers < leads.count || leads.count == limit
    return counts
  }

  private mutating func enrol(
    _ lead: TriggeredLead, in sequence: MatchedSequence, _ choose: (Lead) throws -> EnrolmentChoice
  ) throws -> SequenceResult {
    let event = try event(lead, in: sequence, choose)
    let result = result(event, lead, sequence)
    guard case .enrolled(let enrolment) = result else { return result }
    guard try !isTaken(enrolment.id) else { return self.result(.idTaken(enrolment.id), lead, sequence) }
    try insert(enrolment, of: lead, in: sequence)
    counts.enrolled += 1
    return result
  }

  private func result(_ event: TriggerEvent, _ lead: TriggeredLead, _ sequence: MatchedSequence) -> SequenceResult {
    TriggerTransition.after(
      event, lead: lead.id, sequence: sequence.id, firstDelayMilliseconds: sequence.firstDelayMilliseconds,
      openSince: lead.createdAt, now: now)
  }

  private func event(
    _ lead: TriggeredLead, in sequence: MatchedSequence, _ choose: (Lead) throws -> EnrolmentChoice
  ) throws -> TriggerEvent {
    guard try !isEnrolled(lead, in: sequence) else { return .alreadyEnrolled }
    let shown: Lead
    do throws(UnreadableRow) {
      shown = try lead.lead(for: sequence, zones: zones, at: now)
    } catch {
      return .unreadable(error.reason)
    }
    return .chosen(try choose(shown))
  }

  private mutating func insert(_ enrolment: NewEnrolment, of lead: TriggeredLead, in sequence: MatchedSequence) throws {
    let key = try db.insert(
      """
      INSERT INTO sequence_contacts (tenant_id, sequence_id, lead_id, external_id, contact_phone,
        assigned_device_id, status, current_step, due_at, next_at, enrolled_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
      """,
      [
        tenant.raw, sequence.key, lead.lead, enrolment.id, lead.phone, enrolment.device?.raw, enrolment.status.rawValue,
        enrolment.step, enrolment.dueAt.milliseconds, enrolment.nextAt.milliseconds, now.milliseconds,
      ])
    totals.enrol(in: sequence.key, step: enrolment.step, device: enrolment.device?.raw)
    guard let device = enrolment.device else { return }
    try db.change(
      """
      INSERT INTO assignments (tenant_id, sequence_contact_id, device_id, decision_id, reason, actor, at)
      VALUES (?1, ?2, ?3, NULL, ?4, 'usher', ?5)
      """, [tenant.raw, key, device.raw, enrolment.reason, now.milliseconds])
  }

  private func write(_ change: TriggerChange, of lead: TriggeredLead) throws {
    let expectation = "the trigger '\(lead.name)' of lead \(lead.id) to be open"
    switch change {
    case .consume(let reason):
      try db.changeOne(
        """
        UPDATE lead_triggers SET consumed_at = ?1, consumed_reason = ?2, next_at = NULL, wait_reason = NULL
        WHERE id = ?3 AND consumed_at IS NULL
        """, [now.milliseconds, reason, lead.trigger], expecting: expectation)
    case .wait(let until, let reason):
      try db.changeOne(
        "UPDATE lead_triggers SET next_at = ?1, wait_reason = ?2 WHERE id = ?3 AND consumed_at IS NULL",
        [until.milliseconds, reason, lead.trigger], expecting: expectation)
    }
  }

  private func isEnrolled(_ lead: TriggeredLead, in sequence: MatchedSequence) throws -> Bool {
    let sql = "SELECT id FROM sequence_contacts WHERE sequence_id = ?1 AND lead_id = ?2"
    return try db.value(sql, [sequence.key, lead.lead], as: Int64.self) != nil
  }

  private func isTaken(_ id: String) throws -> Bool {
    let sql = "SELECT id FROM sequence_contacts WHERE tenant_id = ?1 AND external_id = ?2"
    return try db.value(sql, [tenant.raw, id], as: Int64.self) != nil
  }
}

extension SQLStore {
  /// Enrols the leads whose triggers match, all or nothing; see `CycleStore`.
  ///
  /// Calls `choose` once for each lead and sequence. A trigger that matches several sequences is consumed once, with
  /// the reason `enrolled`, `already enrolled`, or why the lead was left out.
  package func enrol(
    tenant: TenantKey, limit: Int, at now: Instant, generation: Int64?, epoch: LeaderEpoch, isOver: () -> Bool,
    choose: (Lead) throws -> EnrolmentChoice
  ) throws -> EnrolmentCounts {
    try write(under: epoch, isOfSends: false) { db in
      if let generation, try Activations(db).last(of: tenant) != generation { throw StoreError.generationPassed }
      var batch = EnrolmentBatch(db, tenant: tenant, at: now, zones: zones)
      return try batch.run(limit: limit, isOver: isOver, choose: choose)
    }
  }
}

import Routing

extension SQLStore {
  /// The funnel of each sequence. Costs a row for each kept total, and the rows of what is open and of skipped steps.
  package func sequences() throws -> SequenceReport {
    try reading { db in try sequenceReport(db) }
  }

  /// The funnels at a past time: only events up to then count. Also costs the events since.
  package func sequences(at moment: Instant) throws -> SequenceReport {
    try reading { db in
      let isPast = try PastRecord(db).isPast(moment)
      return try sequenceReport(db, at: moment, isPast: isPast)
    }
  }

  func sequenceReport(
    _ db: any SQLConnection, at moment: Instant = .latest, isPast: Bool = false
  ) throws -> SequenceReport {
    let record = PastRecord(db)
    let comparison = try isPast ? StepTally(reading: db, asOf: moment) : StepTally(reading: db)
    let withoutWaits = try isPast ? record.tenantsWithoutWaits(before: moment) : []
    var report = SequenceReport(sequences: [], enrolments: comparison.total, isPast: isPast)
    let sql = """
      SELECT q.id, t.external_id AS tenant, q.external_id AS sequence, q.name, q.status, t.id AS tenant_id,
        s.id AS step_id, s.ordinal
      FROM sequences q JOIN tenants t ON t.id = q.tenant_id
      LEFT JOIN sequence_steps s ON s.sequence_id = q.id
      WHERE q.created_at <= ?1 OR ?2 = 0
      ORDER BY t.id, q.id, s.ordinal
      """
    let knowsCreation = try record.knowsCreation(in: "sequences", at: moment)
    var last: Int64?
    try db.each(sql, [moment.milliseconds, knowsCreation]) { row in
      let key: Int64 = row["id"]
      if key != last {
        report.sequences.append(
          SequenceReport.Sequence(
            tenant: TenantID(stored: row["tenant"]), id: row["sequence"], name: row["name"],
            status: isPast ? nil : row["status"], areWaitsKnown: !withoutWaits.contains(row["tenant_id"]), steps: []))
        last = key
      }
      guard let step = row["step_id"] as Int64? else { return }
      report.sequences[report.sequences.count - 1].steps.append(
        comparison.step(step, of: key, ordinal: row["ordinal"]))
    }
    return report
  }
}

/// Counts by step, for the whole store.
private struct StepTally {
  private struct Place: Hashable {
    let sequence: Int64
    let ordinal: Int
  }

  private var enrolments: [Place: [EnrolmentStatus: Int]] = [:]
  private var messages: [Int64: [MessageStatus: Int]] = [:]
  private var skipped: [Int64: Int] = [:]
  /// All enrolments, also those at a step that no sequence has.
  private(set) var total = 0

  /// From the kept totals, and the rows of what is still open: waiting enrolments, messages that are queued, on their way or
  /// unknown. An open enrolment that neither waits nor has such a message is scheduled.
  init(reading db: any SQLConnection) throws {
    try readEnded(db)
    try readOpen(db)
    // A status that no enrolment has any more is absent, as in the counts of a past time.
    enrolments = enrolments.mapValues { $0.filter { $0.value != 0 } }
    messages = messages.mapValues { $0.filter { $0.value != 0 } }
    skipped = try StepTally.counts(
      db, "SELECT sequence_step_id AS step, count(*) AS count FROM decisions WHERE outcome = 'skip' GROUP BY 1")
    total = enrolments.values.reduce(0) { $0 + $1.values.reduce(0, +) }
  }

  private mutating func readEnded(_ db: any SQLConnection) throws {
    try db.each("SELECT sequence_id, step, state, enrolments AS count FROM enrolment_totals") { row in
      let place = Place(sequence: row["sequence_id"], ordinal: row["step"])
      let state: String = row["state"]
      let status = state == KeptTotals.open ? .scheduled : EnrolmentStatus(rawValue: state)
      if let status { enrolments[place, default: [:]][status] = row["count"] }
    }
    try db.each("SELECT sequence_step_id, status, messages AS count FROM message_totals") { row in
      guard let status = MessageStatus(rawValue: row["status"]) else { return }
      messages[row["sequence_step_id"], default: [:]][status] = row["count"]
    }
  }

  private mutating func readOpen(_ db: any SQLConnection) throws {
    let waiting = """
      SELECT sequence_id, current_step AS step, count(*) AS count
      FROM sequence_contacts INDEXED BY sequence_contacts_waits WHERE status = 'waiting' GROUP BY 1, 2
      """
    try db.each(waiting) { row in
      separate(row["count"], .waiting, at: Place(sequence: row["sequence_id"], ordinal: row["step"]))
    }
    for status in [MessageStatus.pending, .sending, .unknown] {
      let sql = """
        SELECT m.sequence_id, m.sequence_step_id, s.ordinal AS step, count(*) AS count,
          count(CASE WHEN c.status = 'queued' AND c.current_step = s.ordinal THEN 1 END) AS queued
        FROM broadcast_messages m INDEXED BY broadcast_messages_\(status.rawValue)
        CROSS JOIN sequence_contacts c ON c.id = m.sequence_contact_id
        CROSS JOIN sequence_steps s ON s.id = m.sequence_step_id
        WHERE m.status = '\(status.rawValue)' GROUP BY 1, 2, 3
        """
      try db.each(sql) { row in
        separate(row["queued"], .queued, at: Place(sequence: row["sequence_id"], ordinal: row["step"]))
        if !KeptTotals.isCounted(status) { messages[row["sequence_step_id"], default: [:]][status] = row["count"] }
      }
    }
  }

  /// Open enrolments count as scheduled until their rows say what else they are.
  private mutating func separate(_ count: Int, _ status: EnrolmentStatus, at place: Place) {
    enrolments[place, default: [:]][status, default: 0] += count
    enrolments[place, default: [:]][.scheduled, default: 0] -= count
  }

  private static func counts(_ db: any SQLConnection, _ sql: String) throws -> [Int64: Int] {
    var counts: [Int64: Int] = [:]
    try db.each(sql) { row in counts[row["step"]] = row["count"] as Int }
    return counts
  }

  init(reading db: any SQLConnection, asOf moment: Instant) throws {
    try read(
      db,
      enrolments: """
        WITH \(PastSQL.assignments), \(PastSQL.contacts)
        SELECT sequence_id, step, status, count(*) AS count FROM past_contacts GROUP BY sequence_id, step, status
        """,
      messages: """
        WITH \(PastSQL.messages())
        SELECT sequence_step_id, status, count(*) AS count FROM past_messages GROUP BY sequence_step_id, status
        """,
      skips: """
        SELECT sequence_step_id, count(*) AS count FROM decisions WHERE outcome = 'skip' AND at <= ?1
        GROUP BY sequence_step_id
        """,
      total: "SELECT count(*) FROM sequence_contacts WHERE enrolled_at <= ?1", [moment.milliseconds])
  }

  private mutating func read(
    _ db: any SQLConnection, enrolments: String, messages: String, skips: String, total: String,
    _ arguments: SQLArguments
  ) throws {
    try db.each(enrolments, arguments) { row in
      let place = Place(sequence: row["sequence_id"], ordinal: row["step"])
      guard let status = EnrolmentStatus(rawValue: row["status"]) else { return }
      self.enrolments[place, default: [:]][status] = row["count"]
    }
    try db.each(messages, arguments) { row in
      let step: Int64 = row["sequence_step_id"]
      guard let status = MessageStatus(rawValue: row["status"]) else { return }
      self.messages[step, default: [:]][status] = row["count"]
    }
    try db.each(skips, arguments) { row in skipped[row["sequence_step_id"]] = row["count"] }
    self.total = try db.value(total, arguments) ?? 0
  }

  func step(_ key: Int64, of sequence: Int64, ordinal: Int) -> SequenceReport.Step {
    SequenceReport.Step(
      ordinal: ordinal, enrolments: enrolments[Place(sequence: sequence, ordinal: ordinal)] ?? [:],
      messages: messages[key] ?? [:], skipped: skipped[key] ?? 0)
  }
}

internal import GRDB
import Routing

extension SQLiteStore {
  /// The funnel of each sequence. Costs a walk over enrolments, messages and decisions.
  package func sequences() throws -> SequenceReport {
    try reading { db in try sequenceReport(db) }
  }

  /// The same as of a moment: only what had happened by then counts. Costs also what happened since.
  package func sequences(at moment: Instant) throws -> SequenceReport {
    try reading { db in
      let isPast = try PastRecord(db).isPast(moment)
      return try sequenceReport(db, at: moment, isPast: isPast)
    }
  }

  func sequenceReport(_ db: Database, at moment: Instant = .latest, isPast: Bool = false) throws -> SequenceReport {
    let record = PastRecord(db)
    let ledger = try isPast ? StepLedger(reading: db, asOf: moment) : StepLedger(reading: db)
    let withoutWaits = try isPast ? record.tenantsWithoutWaits(before: moment) : []
    var report = SequenceReport(sequences: [], enrolments: ledger.total, isPast: isPast)
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT q.id, t.external_id, q.external_id, q.name, q.status, s.id, s.ordinal, t.id
        FROM sequences q JOIN tenants t ON t.id = q.tenant_id
        LEFT JOIN sequence_steps s ON s.sequence_id = q.id
        WHERE q.created_at <= ?1 OR NOT ?2
        ORDER BY t.id, q.id, s.ordinal
        """, arguments: [moment.milliseconds, try record.knowsCreation(in: "sequences", at: moment)])
    var last: Int64?
    while let row = try rows.next() {
      let key: Int64 = row[0]
      if key != last {
        report.sequences.append(
          SequenceReport.Sequence(
            tenant: TenantID(stored: row[1]), id: row[2], name: row[3], status: isPast ? nil : row[4],
            areWaitsKnown: !withoutWaits.contains(row[7]), steps: []))
        last = key
      }
      guard let step = row[5] as Int64? else { continue }
      report.sequences[report.sequences.count - 1].steps.append(ledger.step(step, of: key, ordinal: row[6]))
    }
    return report
  }
}

/// Counts of the whole store by step.
private struct StepLedger {
  private struct Place: Hashable {
    let sequence: Int64
    let ordinal: Int
  }

  private var enrolments: [Place: [EnrolmentStatus: Int]] = [:]
  private var messages: [Int64: [MessageStatus: Int]] = [:]
  private var skipped: [Int64: Int] = [:]
  /// All enrolments, counted by themselves.
  private(set) var total = 0

  init(reading db: Database) throws {
    try read(
      db,
      enrolments: """
        SELECT sequence_id, current_step, status, count(*) FROM sequence_contacts
        GROUP BY sequence_id, current_step, status
        """,
      messages: "SELECT sequence_step_id, status, count(*) FROM broadcast_messages GROUP BY sequence_step_id, status",
      skips: "SELECT sequence_step_id, count(*) FROM decisions WHERE outcome = 'skip' GROUP BY sequence_step_id",
      total: "SELECT count(*) FROM sequence_contacts", [])
  }

  init(reading db: Database, asOf moment: Instant) throws {
    try read(
      db,
      enrolments: """
        WITH \(PastSQL.assignments), \(PastSQL.contacts)
        SELECT sequence_id, step, status, count(*) FROM past_contacts GROUP BY sequence_id, step, status
        """,
      messages: """
        WITH \(PastSQL.messages())
        SELECT sequence_step_id, status, count(*) FROM past_messages GROUP BY sequence_step_id, status
        """,
      skips: """
        SELECT sequence_step_id, count(*) FROM decisions WHERE outcome = 'skip' AND at <= ?1 GROUP BY sequence_step_id
        """,
      total: "SELECT count(*) FROM sequence_contacts WHERE enrolled_at <= ?1", [moment.milliseconds])
  }

  private mutating func read(
    _ db: Database, enrolments: String, messages: String, skips: String, total: String, _ arguments: StatementArguments
  ) throws {
    let places = try Row.fetchCursor(db, sql: enrolments, arguments: arguments)
    while let row = try places.next() {
      guard let status = EnrolmentStatus(rawValue: row[2]) else { continue }
      self.enrolments[Place(sequence: row[0], ordinal: row[1]), default: [:]][status] = row[3]
    }
    let carried = try Row.fetchCursor(db, sql: messages, arguments: arguments)
    while let row = try carried.next() {
      guard let status = MessageStatus(rawValue: row[1]) else { continue }
      self.messages[row[0], default: [:]][status] = row[2]
    }
    let skips = try Row.fetchCursor(db, sql: skips, arguments: arguments)
    while let row = try skips.next() { skipped[row[0]] = row[1] }
    self.total = try Int.fetchOne(db, sql: total, arguments: arguments) ?? 0
  }

  func step(_ key: Int64, of sequence: Int64, ordinal: Int) -> SequenceReport.Step {
    SequenceReport.Step(
      ordinal: ordinal, enrolments: enrolments[Place(sequence: sequence, ordinal: ordinal)] ?? [:],
      messages: messages[key] ?? [:], skipped: skipped[key] ?? 0)
  }
}

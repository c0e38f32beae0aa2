internal import GRDB
import Routing

extension SQLiteStore {
  /// The funnel of each sequence. Costs a walk over enrolments, messages and decisions.
  package func sequences() throws -> SequenceReport {
    try reading { db in try sequenceReport(db) }
  }

  func sequenceReport(_ db: Database) throws -> SequenceReport {
    let ledger = try StepLedger(reading: db)
    var report = SequenceReport(sequences: [], enrolments: 0)
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT q.id, t.external_id, q.external_id, q.name, q.status, s.id, s.ordinal
        FROM sequences q JOIN tenants t ON t.id = q.tenant_id
        LEFT JOIN sequence_steps s ON s.sequence_id = q.id
        ORDER BY t.id, q.id, s.ordinal
        """)
    var last: Int64?
    while let row = try rows.next() {
      let key: Int64 = row[0]
      if key != last {
        report.sequences.append(
          SequenceReport.Sequence(
            tenant: TenantID(stored: row[1]), id: row[2], name: row[3], status: row[4], steps: []))
        last = key
      }
      guard let step = row[5] as Int64? else { continue }
      report.sequences[report.sequences.count - 1].steps.append(ledger.step(step, of: key, ordinal: row[6]))
    }
    report.enrolments = try Int.fetchOne(db, sql: "SELECT count(*) FROM sequence_contacts") ?? 0
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

  init(reading db: Database) throws {
    let places = try Row.fetchCursor(
      db,
      sql: """
        SELECT sequence_id, current_step, status, count(*) FROM sequence_contacts
        GROUP BY sequence_id, current_step, status
        """)
    while let row = try places.next() {
      guard let status = EnrolmentStatus(rawValue: row[2]) else { continue }
      enrolments[Place(sequence: row[0], ordinal: row[1]), default: [:]][status] = row[3]
    }
    let carried = try Row.fetchCursor(
      db,
      sql:
        "SELECT sequence_step_id, status, count(*) FROM broadcast_messages GROUP BY sequence_step_id, status")
    while let row = try carried.next() {
      guard let status = MessageStatus(rawValue: row[1]) else { continue }
      messages[row[0], default: [:]][status] = row[2]
    }
    let skips = try Row.fetchCursor(
      db,
      sql: "SELECT sequence_step_id, count(*) FROM decisions WHERE outcome = 'skip' GROUP BY sequence_step_id"
    )
    while let row = try skips.next() { skipped[row[0]] = row[1] }
  }

  func step(_ key: Int64, of sequence: Int64, ordinal: Int) -> SequenceReport.Step {
    SequenceReport.Step(
      ordinal: ordinal, enrolments: enrolments[Place(sequence: sequence, ordinal: ordinal)] ?? [:],
      messages: messages[key] ?? [:], skipped: skipped[key] ?? 0)
  }
}

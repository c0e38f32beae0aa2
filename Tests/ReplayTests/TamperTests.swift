import DryRun
import Routing
import RoutingTestKit
import StoreSQL
import StoreSQLite
import Testing

/// Changes to the record are found, or reported as unreadable; nothing crashes.
struct TamperTests {
  private let day: RecordedDay

  init() async throws {
    var day = try RecordedDay(policies: ["faulty", "notes", "fallback"], seed: 21)
    try await day.live(rounds: 12)
    self.day = day
  }

  /// The number of a decision near the middle that satisfies a condition.
  private func number(_ condition: String) throws -> Int64 {
    let rows = try RecordRows(day.engine)
    let sql = "SELECT id FROM decisions WHERE \(condition) AND fleet_id IS NOT NULL ORDER BY id LIMIT 1 OFFSET 3"
    return Int64(try rows.count(sql))
  }

  private func replay(_ changes: (RecordRows) throws -> Void) throws -> ReplayReport {
    let path = day.engine.folder.file("copy.db")
    try changes(try RecordRows(day.engine).copy(to: path))
    let store = try SQLiteStore.open(at: path, mode: .readOnly)
    return try store.readHistory { try Replay(RecordFilter()).run(on: $0) }
  }

  @Test(arguments: [
    ("code IS NULL", "reason", "'another reason'", "reason"), ("code IS NOT NULL", "code", "'no_reason'", "code"),
    ("1", "instructions", "instructions + 1", "instructions"),
    ("1", "seed", "seed + 1", "seed"),
    ("outcome = 'wait' AND error_kind IS NULL", "until", "until + 1", "until"),
    ("outcome = 'wait' AND error_kind IS NOT NULL", "until", "until + 1", "until"),
    ("outcome = 'wait'", "waitlist", "'\"fleet\"'", "waitlist"),
    (
      "outcome = 'use'", "device_id",
      "(SELECT min(id) FROM user_devices d WHERE d.tenant_id = decisions.tenant_id AND d.id <> device_id)", "device"
    ),
    ("notes IS NOT NULL", "notes", #"'["another"]'"#, "notes"),
    ("error_kind = 'runtime'", "error_line", "error_line + 1", "error"),
  ])
  func `a changed value of one decision is found, and no other decision differs`(
    condition: String, column: String, value: String, key: String
  ) throws {
    let number = try number(condition)
    let report = try replay { rows in
      // Otherwise its message would have to change too.
      try rows.change("DROP TRIGGER broadcast_messages_device; PRAGMA foreign_keys = OFF")
      try rows.change("UPDATE decisions SET \(column) = \(value) WHERE id = \(number)")
      try rows.change(Self.trigger)
    }
    let difference = try #require(report.firstDifference)
    #expect(difference.decision == number)
    #expect(column == "device_id" || report.different == 1)
    let (recorded, replayed) = (difference.recorded.json, difference.replayed.json)
    guard case .object(let a) = recorded, case .object(let b) = replayed else { return }
    #expect(a.members.first { b[$0.key] != $0.value }?.key == key)
  }

  private static let trigger = """
    CREATE TRIGGER broadcast_messages_device BEFORE UPDATE OF device_id, decision_id ON broadcast_messages
    WHEN NOT EXISTS (SELECT 1 FROM decisions WHERE id = NEW.decision_id AND device_id = NEW.device_id
                       AND sequence_contact_id = NEW.sequence_contact_id)
    BEGIN SELECT RAISE(ABORT, 'a message must be on the device of its decision'); END
    """

  @Test func `a changed recorded policy is found by its digest`() throws {
    let report = try replay { rows in
      try rows.change("UPDATE policy_revisions SET source = source || ' -- changed' WHERE policy = 'notes'")
    }
    #expect(report.different == 0 && report.foreignRevisions.count == 1)
  }

  @Test func `a fleet record with changed bytes differs, or cannot be read`() throws {
    var random = SeededRandom(seed: 5)
    var (unreadable, different, same) = (0, 0, 0)
    for _ in 0..<60 {
      let place = Int.random(in: 1...400, using: &random)
      let byte = Int.random(in: 0...255, using: &random)
      do {
        let report = try replay { rows in
          try rows.change(
            """
            UPDATE fleet_records SET body = CAST(substr(body, 1, \(place) - 1) || x'\(format(byte))'
              || substr(body, \(place) + 1) AS BLOB)
            WHERE id = (SELECT id FROM fleet_records WHERE length(body) >= \(place) ORDER BY id LIMIT 1)
            """)
        }
        if report.different > 0 { different += 1 } else { same += 1 }
      } catch let error as UnreadableRecord {
        #expect(error.description.hasPrefix("fleet record "))
        unreadable += 1
      }
    }
    #expect(unreadable > 5 && different > 5, "\(unreadable) unreadable, \(different) different, \(same) of no effect")
  }

  private func format(_ byte: Int) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

  @Test(arguments: [
    ("DELETE FROM fleet_records WHERE base_id IS NULL", "expected the record in the store, found none"),
    ("DELETE FROM fleet_records WHERE id = (SELECT max(id) FROM fleet_records)", "expected its fleet record"),
    ("UPDATE fleet_records SET body = x''", "expected more bytes, found the end"),
    ("UPDATE fleet_records SET generation = 99", "expected the policies of generation 99, found none"),
    ("UPDATE fleet_records SET tenant_id = 3 - tenant_id", "found"),
  ])
  func `an incomplete record is reported with its number and the reason`(change: String, text: String) throws {
    let error = #expect(throws: UnreadableRecord.self) { try replay { try $0.change(change) } }
    #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
  }

  @Test func `the integrity report finds decisions without a fleet record`() throws {
    let path = day.engine.folder.file("broken.db")
    let rows = try RecordRows(day.engine).copy(to: path)
    try rows.change("UPDATE decisions SET at = at + 1 WHERE id = 5")
    try rows.change("DELETE FROM fleet_records WHERE id = (SELECT min(base_id) FROM fleet_records)")
    let report = try SQLiteStore.open(at: path, mode: .readOnly).integrity()
    let broken = report.checks.filter { $0.violations > 0 }.map(\.name)
    #expect(broken.contains("fleet-of-decision") && broken.contains("fleets-linked"), "\(broken)")
  }
}

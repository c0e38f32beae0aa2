import GRDB
import Routing
import RoutingTestKit
import Synchronization
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// Counts the calls of an SQL function.
private final class Counter: Sendable {
  let count = Mutex(0)
}

struct AuditQueryTests {
  private let fixture: StoreFixture
  private let device: DeviceKey

  init() throws {
    fixture = try StoreFixture()
    device = try fixture.device("D1")
  }

  @Test func `each place is read by its index on time, without sorting`() throws {
    for source in AuditSource.all {
      let plan = try fixture.sqlite.pool.read { db in
        let arguments: StatementArguments = source.takesDevice ? [0, Int64.max, nil, nil] : [0, Int64.max, nil]
        return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + source.sql, arguments: arguments).map {
          $0["detail"] as String
        }
      }
      #expect(plan.first?.contains("_at (at>? AND at<?)") == true, "\(plan)")
      #expect(!plan.contains { $0.contains("TEMP B-TREE FOR ORDER BY") }, "\(plan)")
    }
  }

  @Test func `a long history costs nothing: reads follow the lines listed`() throws {
    let rows = 20_000
    try fixture.execute(
      """
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))
      INSERT INTO device_events (tenant_id, device_id, kind, detail, actor, at)
      SELECT 1, \(device.raw), 'paused', 'gateway fault', 'usher', \(fixture.now.milliseconds) - i * 1000 FROM n
      """)
    let visited = try fixture.sqlite.pool.read { db in
      let counter = Counter()
      db.add(
        function: DatabaseFunction("seen", argumentCount: 1) { values in
          counter.count.withLock { $0 += 1 }
          return values[0]
        })
      let sql = AuditSource.deviceEvents.sql.replacing("e.detail\n", with: "seen(e.detail)\n")
      #expect(sql.contains("seen("))
      let rows = try Row.fetchCursor(db, sql: sql, arguments: [0, Int64.max, nil, nil])
      for _ in 0..<10 { #expect(try rows.next() != nil) }
      return counter.count.withLock { $0 }
    }
    #expect(visited == 10)
    let since = fixture.now.advanced(bySeconds: -1_000_000)
    let lines = try fixture.store.audit(
      AuditFilter(since: since, subject: nil, actor: nil, tenant: nil, limit: 10)
    ).lines
    #expect(lines.count == 10 && lines == lines.sorted { $0.at > $1.at })
  }

  @Test func `an import writes a limited number of audit lines for rows`() throws {
    let audit = ImportAudit(
      ImportOrigin(actor: "ann", reason: nil, file: "-", digest: { StoreFixture.digest }), at: fixture.now,
      isFirst: false)
    try fixture.sqlite.writing { db in
      for number in 0..<(ImportAudit.rowMax + 5) {
        try audit.record([FieldChange("phone changed")], of: "lead L\(number)", tenant: 1, in: db)
      }
      var result = ImportResult()
      result.counts[.lead] = ImportCounts(updated: ImportAudit.rowMax + 5)
      try audit.finish(result, in: db)
    }
    #expect(try fixture.count("SELECT count(*) FROM audit") == ImportAudit.rowMax + 1)
    #expect(
      try fixture.row("SELECT detail FROM audit WHERE digest IS NOT NULL")
        == ["0 created, 10005 updated, 0 unchanged; 5 changed rows have no audit line"])
  }

  @Test func `live policies are read from the last generation of each tenant, not from all of them`() throws {
    let plan = try fixture.sqlite.pool.read { db in
      try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + PolicyStatus.sql).map { $0["detail"] as String }
    }
    let scans = plan.filter { $0.hasPrefix("SCAN ") }
    #expect(!scans.contains { $0.hasPrefix("SCAN p") || $0.contains("policy_changes") }, "\(plan)")
    #expect(plan.contains { $0.hasPrefix("SEARCH p USING") }, "\(plan)")
  }

  @Test func `whether a time is past is read through indexes on time`() throws {
    for sql in PastRecord.later where !sql.contains("holds") {
      let plan = try fixture.sqlite.pool.read { db in
        try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: [0]).map { $0["detail"] as String }
      }
      #expect(plan.count == 1 && plan[0].contains("_at (at>?)"), "\(plan)")
    }
  }
}

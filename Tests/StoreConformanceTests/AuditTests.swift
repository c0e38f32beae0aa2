import GRDB
import Routing
import Synchronization
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// How often a function of SQL was called.
private final class Counter: Sendable {
  let count = Mutex(0)
}

struct AuditQueryTests {
  private let fixture: StoreFixture
  private let device: DeviceKey
  private let acme = TenantID("acme")!

  init() throws {
    fixture = try StoreFixture()
    device = try fixture.device("D1")
  }

  private func audit(
    since seconds: Int64 = 3600, subject: String? = nil, actor: String? = nil, tenant: TenantID? = nil, limit: Int = 100
  ) throws -> [AuditLine] {
    try fixture.store.audit(
      AuditFilter(
        since: fixture.now.advanced(bySeconds: -seconds), subject: subject.map(AuditSubject.init), actor: actor,
        tenant: tenant, limit: limit)
    ).lines
  }

  private func execute(_ sql: String) throws { try fixture.store.pool.write { try $0.execute(sql: sql) } }

  @Test func `each place is read by its index on time, without sorting`() throws {
    for source in AuditSource.all {
      let plan = try fixture.store.pool.read { db in
        let arguments: StatementArguments = source.takesDevice ? [0, Int64.max, nil, nil] : [0, Int64.max, nil]
        return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + source.sql, arguments: arguments).map {
          $0["detail"] as String
        }
      }
      #expect(plan.first?.contains("_at (at>? AND at<?)") == true, "\(plan)")
      #expect(!plan.contains { $0.contains("TEMP B-TREE FOR ORDER BY") }, "\(plan)")
    }
  }

  @Test func `a long history costs nothing: what is read follows what is listed`() throws {
    let rows = 20_000
    try execute(
      """
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))
      INSERT INTO device_events (tenant_id, device_id, kind, detail, actor, at)
      SELECT 1, \(device.raw), 'paused', 'gateway fault', 'usher', \(fixture.now.milliseconds) - i * 1000 FROM n
      """)
    let visited = try fixture.store.pool.read { db in
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
    let lines = try audit(since: 1_000_000, limit: 10)
    #expect(lines.count == 10 && lines == lines.sorted { $0.at > $1.at })
  }

  @Test func `what came in late from another store does not hide what is newer`() throws {
    try fixture.store.pauseDevice(
      DeviceID("D1")!, of: acme, until: fixture.now.advanced(bySeconds: 60), reason: nil, actor: "ann", at: fixture.now)
    // Imported afterwards, with a higher key and an earlier time.
    try execute(
      """
      INSERT INTO device_events (tenant_id, device_id, kind, detail, actor, at)
      VALUES (1, \(device.raw), 'resumed', NULL, 'old', \(fixture.now.milliseconds - 86_400_000))
      """)
    #expect(try audit(subject: "device D1").map(\.actor) == ["ann"])
    #expect(try audit(since: 100_000, subject: "device D1").map(\.actor) == ["ann", "old"])
  }

  @Test func `lines of earlier versions are readable and found`() throws {
    try execute(
      """
      INSERT INTO audit (tenant_id, actor, action, subject, detail, at) VALUES
        (1, 'ann', 'retry', 'welcome/L1', 'message 1 was failed', \(fixture.now.milliseconds)),
        (1, 'ann', 'opt-out', 'L1', NULL, \(fixture.now.milliseconds)),
        (1, 'root', 'activate', 'fallback (generation 2)', 'why', \(fixture.now.milliseconds)),
        (1, 'bea', 'plan', 'one, two (generation 31)', NULL, \(fixture.now.milliseconds));
      INSERT INTO device_events (tenant_id, device_id, kind, detail, actor, at)
      VALUES (1, \(device.raw), 'status', 'online to offline: lost: twice', 'ann', \(fixture.now.milliseconds))
      """)
    #expect(try audit(subject: "contact welcome/L1").map(\.action) == ["retry"])
    #expect(try audit(subject: "lead L1").map(\.action) == ["opt-out"])
    let old = try audit(actor: "root")
    #expect(old.map(\.subject) == ["policy fallback"] && old.map(\.detail) == ["generation 2, why"])
    for subject in ["policy fallback", "fallback"] { #expect(try audit(subject: subject) == old, "\(subject)") }
    #expect(try audit(subject: "policy two").map(\.detail) == ["generation 31"])
    let status = try #require(try audit(subject: "D1").first)
    #expect(status.detail == "online to offline" && status.reason == "lost: twice")
  }

  @Test func `a reason is kept apart, and none is none`() throws {
    let store = fixture.store
    let id = DeviceID("D1")!
    try store.setDeviceStatus(id, of: acme, to: .offline, reason: nil, actor: "ann", at: fixture.now)
    let since = try store.reading {
      try SQLiteSnapshot($0, leaderWindows: nil, zones: store.zones).circumstances(of: fixture.acme)
    }
    #expect(since[device]?.statusSince == fixture.now, "since when it is known without a reason too")
    try store.setDeviceStatus(
      id, of: acme, to: .online, reason: "found", actor: Actor("ann", systemUser: "root"), at: fixture.now)
    try store.pauseDevice(
      id, of: acme, until: fixture.now.advanced(bySeconds: 60), reason: nil, actor: "ann", at: fixture.now)
    try store.resumeDevice(id, of: acme, reason: "done", actor: "ann", at: fixture.now)
    let lines = try audit(subject: "device D1")
    #expect(lines.map(\.action) == ["resumed", "paused", "status", "status"])
    #expect(lines.map(\.reason) == ["done", nil, "found", nil] && lines[2].systemUser == "root")
    #expect(try audit(actor: "root").count == 1)
  }

  @Test func `a person is found by any name that the line has`() throws {
    let store = fixture.store
    let id = DeviceID("D1")!
    try store.setDeviceStatus(
      id, of: acme, to: .offline, reason: nil, actor: Actor("maria", systemUser: "root (sudo by ann)"), at: fixture.now)
    for name in ["maria", "root", "ann", "root (sudo by ann)"] { #expect(try audit(actor: name).count == 1, "\(name)") }
    for name in ["mari", "sudo", "by", ""] { #expect(try audit(actor: name).isEmpty, "\(name)") }
  }

  @Test func `a tenant that there is not is an error, and each line of one has its tenant`() throws {
    #expect(throws: OperatorError.self) { try audit(tenant: TenantID("nobody")!) }
    try fixture.store.setDeviceStatus(
      DeviceID("D1")!, of: acme, to: .offline, reason: nil, actor: "ann", at: fixture.now)
    #expect(try audit(tenant: acme).allSatisfy { $0.tenant == "acme" })
  }

  @Test func `an import writes at most so many lines of rows`() throws {
    let audit = ImportAudit(
      ImportOrigin(actor: "ann", reason: nil, file: "-", digest: { StoreFixture.digest }), at: fixture.now,
      isFirst: false)
    try fixture.store.writing { db in
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
        == ["0 created, 10005 updated, 0 unchanged; 5 changed rows have no line of their own"])
  }
}

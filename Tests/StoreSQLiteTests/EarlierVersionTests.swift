import Foundation
import GRDB
import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// Stores and exports of earlier versions. `Fixtures/0.1.0.db` was made by `usher init --sample` and two ticks of
/// 0.1.0; one message is in the state that a process killed while sending leaves. `0.1.0.jsonl` is that store's export.
struct EarlierVersionTests {
  private let folder: TestFolder
  private let path: String

  init() throws {
    folder = TestFolder()
    path = folder.file("store.db")
  }

  private static func fixture(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
  }

  /// The row count of each table, for the tables in `names`.
  private func counts(_ names: [String]? = nil) throws -> [String: Int] {
    try DatabaseQueue(path: path).read { db in
      let tables = try names ?? String.fetchAll(db, sql: EarlierVersionTests.tables)
      return try Dictionary(
        uniqueKeysWithValues: tables.map { ($0, try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? 0) })
    }
  }

  private static let tables = """
    SELECT name FROM sqlite_schema
    WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT IN ('grdb_migrations', 'audit')
    """

  @Test func `a store of 0.1.0 is upgraded with all its rows`() throws {
    try FileManager.default.copyItem(atPath: Self.fixture("0.1.0.db"), toPath: path)
    let before = try counts()
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    #expect(try counts(Array(before.keys)) == before && before["broadcast_messages"] == 62)
    #expect(try store.integrity().checks.allSatisfy { $0.violations == 0 })
  }

  @Test func `a gateway is asked for a message of 0.1.0 by its old key, and for its next attempt by a new one`()
    throws
  {
    try FileManager.default.copyItem(atPath: Self.fixture("0.1.0.db"), toPath: path)
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    let now = Instant(rfc3339: "2026-12-01T12:00:00Z")!
    let epoch = try store.becomeLeader(processID: 1, at: now)
    let left = try store.abandonedClaims(at: now, epoch: epoch)
    #expect(left.map(\.idempotencyKey) == ["acme-3-1"])
    _ = try store.finish(
      left.map { SendResult(message: $0, outcome: .notSent(reason: "not known there")) }, at: now, epoch: epoch)
    let again = try store.claim(
      limit: 1000, at: now, leaseUntil: now.advanced(bySeconds: 60), epoch: epoch, draw: { _ in 0 })
    #expect(again.contains { $0.key == left[0].key })
    #expect(again.allSatisfy { $0.idempotencyKey.wholeMatch(of: /[0-9A-F]{22}/) != nil })
  }

  @Test func `a message that a gateway may have from 0.1.0 is tried again under its old key`() throws {
    try FileManager.default.copyItem(atPath: Self.fixture("0.1.0.db"), toPath: path)
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    let now = Instant(rfc3339: "2026-12-01T12:00:00Z")!
    let epoch = try store.becomeLeader(processID: 1, at: now)
    let left = try store.abandonedClaims(at: now, epoch: epoch)
    _ = try store.finish(
      left.map { SendResult(message: $0, outcome: .unknown(reason: "cannot tell")) }, at: now, epoch: epoch)
    try store.retryContact(left[0].contact, of: left[0].tenant, actor: "ann", at: now)
    let again = try store.claim(
      limit: 1000, at: now, leaseUntil: now.advanced(bySeconds: 60), epoch: epoch, draw: { _ in 0 })
    #expect(again.first { $0.key == left[0].key }?.idempotencyKey == "acme-3-1")
  }

  @Test func `an export of 0.1.0 imports, and the next export has all its lines`() throws {
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: Self.fixture("0.1.0.jsonl"))))
    let store = try SQLiteStore.create(at: path)
    let result = try store.importFile(ByteSource(bytes), ImportOptions(now: Instant(rfc3339: "2026-12-01T12:00:00Z")!))
    #expect(result.lineCount == 380)
    #expect(result.notes == ["line 3 and 6 more: 'limits.in_flight' is now called 'limits.queue'"])
    let exported = try store.exportedBytes()
    // Lines of devices have two new keys, one in the middle and one at the end; those with a reason have its code. Tenants,
    // steps and enrolments each have one new key, with the value that means what 0.1.0 did.
    let added = [#","code":null"#, #","bulk_share":80"#, #","priority":"normal""#, #","waitlist":null"#]
    let lines = { (bytes: [UInt8]) in
      Set(
        String(decoding: bytes, as: UTF8.self).replacing(
          /(^{"type":"device".*),"attributes":{}/.anchorsMatchLineEndings()
        ) {
          $0.output.1
        }.replacing(/,"activated_at":"[^"]*"}$/.anchorsMatchLineEndings(), with: "}")
          .replacing(#","in_flight":"#, with: #","queue":"#)
          .split(separator: "\n").map { line in added.reduce(String(line)) { $0.replacing($1, with: "") } })
    }
    #expect(lines(bytes).subtracting(lines(exported)) == [])
    #expect(try store.integrity().checks.allSatisfy { $0.violations == 0 })
  }

  /// Copies current rows into the tables and columns that a version had.
  @Test(arguments: 1..<Migrations.all.version)
  func `a store of every earlier schema is upgraded with all its rows`(version: Int) throws {
    let today = try StoreFixture()
    try today.sequence()
    let device = try today.device("D1")
    for lead in 1...5 { try today.enrolment("L\(lead)", device: device) }
    try today.queueAll(on: device, limit: 4)
    try today.finish(try today.claim(limit: 2), .accepted(gatewayID: nil))
    let claimed = try today.claim(limit: 1)
    let old = try SQLiteStore.create(at: path, migrations: Migrations.all.upTo(version))
    try old.pool.writeWithoutTransaction { db in
      try db.execute(sql: "ATTACH ? AS today", arguments: [today.path])
      try db.inTransaction {
        try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
        for table in try String.fetchAll(db, sql: EarlierVersionTests.tables) {
          let columns = try String.fetchAll(
            db, sql: "SELECT o.name FROM pragma_table_info(?1) o JOIN pragma_table_info(?1, 'today') t USING (name)",
            arguments: [table]
          ).joined(separator: ", ")
          try db.execute(sql: "INSERT OR REPLACE INTO main.\(table) (\(columns)) SELECT \(columns) FROM today.\(table)")
        }
        return .commit
      }
      try db.execute(sql: "DETACH today")
    }
    try old.pool.close()
    let before = try counts()
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    #expect(try counts(Array(before.keys)) == before && before["broadcast_messages"] == 4)
    #expect(try store.integrity().checks.allSatisfy { $0.violations == 0 })
    #expect(try store.reading { db in try db.value("SELECT count(*) FROM store", as: Int.self) } == 1)
    let epoch = try store.becomeLeader(processID: 2, at: today.now)
    // Before schema 9, keys did not depend on the store's secret; an attempt keeps the key that a gateway may know.
    let keys = version < 9 ? ["acme-3-1"] : claimed.map(\.idempotencyKey)
    #expect(try store.abandonedClaims(at: today.now, epoch: epoch).map(\.idempotencyKey) == keys)
  }
}

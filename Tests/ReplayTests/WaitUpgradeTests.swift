import Foundation
import GRDB
import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Testing

@testable import StoreSQLite

/// Waiting contacts of 0.1.0 after an upgrade: those that waited for capacity stand on the waitlist of the fleet.
///
/// The store is `Fixtures/0.1.0/store.db`, with 17 contacts of acme that wait for capacity.
struct WaitUpgradeTests {
  private let folder = TestFolder()
  private var path: String { folder.file("usher.db") }

  init() throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/0.1.0")
    for (name, copy) in [("store.db", "usher.db"), ("Rules", "Rules")] {
      try FileManager.default.copyItem(
        atPath: fixtures.appendingPathComponent(name).path, toPath: folder.file(copy))
    }
  }

  private static let forCapacity = "tenant_id = 1 AND status = 'waiting' AND capacity_at IS NOT NULL"

  /// Before the upgrade: the last contact became due first, and none of the waits ends soon. A wait of a guard and one after
  /// a fault have a time of capacity too, as 0.1.0 wrote it when all devices were full.
  private func prepare() throws {
    let db = try DatabaseQueue(path: path)
    try db.write { db in
      try db.execute(
        sql: """
          UPDATE sequence_contacts SET due_at = due_at - 1000 * id, next_at = next_at + 86400000
          WHERE \(Self.forCapacity);
          UPDATE sequence_contacts SET capacity_at = next_at WHERE last_decision_id IN (17, 54);
          """)
    }
    try db.close()
  }

  private func texts(_ sql: String) throws -> [String] {
    try DatabaseQueue(path: path).read { try String.fetchAll($0, sql: sql) }
  }

  private func number(_ sql: String) throws -> Int64 {
    try DatabaseQueue(path: path).read { try Int64.fetchOne($0, sql: sql) } ?? -1
  }

  private func cycle(_ store: SQLiteStore, at now: Instant) throws -> Cycle {
    let catalog = PolicyCatalog(rules: folder.file("Rules"))
    return Cycle(
      store: store, registry: PolicyRegistry(catalog: catalog, acceptance: StandardAcceptance()),
      epoch: try store.becomeLeader(processID: 1, at: now), stopwatch: { 0 }, suspendAfter: 3)
  }

  @Test func `the upgrade puts waits for capacity on the fleet's waitlist, and no others`() throws {
    try prepare()
    let waits = "SELECT external_id FROM sequence_contacts WHERE \(Self.forCapacity) ORDER BY id"
    let before = try texts(waits)
    #expect(before.count == 17)
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    let listed = """
      SELECT c.external_id FROM sequence_contacts c JOIN waitlists w ON w.id = c.waitlist_id AND w.tenant_id = c.tenant_id
      WHERE w.device_id IS NULL AND w.filter IS NULL ORDER BY c.id
      """
    #expect(try texts(listed) == before)
    #expect(try number("SELECT count(*) FROM sequence_contacts WHERE waitlist_id IS NOT NULL") == 17)
    #expect(try number("SELECT count(*) FROM sequence_contacts WHERE capacity_at IS NOT NULL") == 19)
    #expect(try number("SELECT count(*) FROM wakes") == 0)
    #expect(try store.integrity().checks.allSatisfy { $0.violations == 0 })
  }

  @Test(arguments: [true, false])
  func `capacity serves these contacts, the longest due first, also if a cycle ran before`(hasRun: Bool) throws {
    try prepare()
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    let start = Instant(milliseconds: try number("SELECT max(at) FROM fleet_records")).advanced(bySeconds: 20)
    let generations = try number("SELECT count(*) FROM policy_changes")
    let cycle = try cycle(store, at: start)
    if hasRun { #expect(try cycle.run(at: start).decided == 0) }
    let order = try texts("SELECT external_id FROM sequence_contacts WHERE \(Self.forCapacity) ORDER BY due_at, id")
    #expect(order.first == "welcome/L26" && order.last == "welcome/L10")
    let capacity = Instant(
      milliseconds: try number("SELECT min(capacity_at) FROM sequence_contacts WHERE \(Self.forCapacity)"))
    let last = try number("SELECT max(id) FROM decisions")
    _ = try cycle.run(at: capacity)
    let queued = try texts(
      """
      SELECT c.external_id FROM decisions d JOIN sequence_contacts c ON c.id = d.sequence_contact_id
      WHERE d.id > \(last) AND d.tenant_id = 1 AND d.outcome IN ('use', 'move') ORDER BY d.id
      """)
    // Of the three devices with three messages an hour each, two have capacity again.
    #expect(queued.count == 6 && queued == Array(order.prefix(6)))
    #expect(try number("SELECT count(*) FROM sequence_contacts WHERE \(Self.forCapacity)") == 11)
    #expect(try number("SELECT count(*) FROM policy_changes") == generations)
    #expect(try number("SELECT count(*) FROM wakes") == 0)
    #expect(try store.integrity().checks.allSatisfy { $0.violations == 0 })
  }
}

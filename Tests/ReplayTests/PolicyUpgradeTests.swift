import DryRun
import Foundation
import GRDB
import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// Generations of a store of version 3, and how the current schema stores them.
struct PolicyUpgradeTests {
  private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/recorded-v3.db")

  private let folder = TestFolder()
  private var path: String { folder.file("old.db") }

  init() throws { try FileManager.default.copyItem(atPath: Self.fixture.path, toPath: folder.file("old.db")) }

  private func rows(_ sql: String) throws -> [[DatabaseValue]] {
    let queue = try DatabaseQueue(path: path)
    return try queue.read { try Row.fetchAll($0, sql: sql).map { Array($0.databaseValues) } }
  }

  @Test func `every generation of version 3 is kept, as a change made by a cycle`() throws {
    let columns = "tenant_id, generation, position, revision_id, at, policy"
    let before = try rows("SELECT \(columns) FROM policy_activations ORDER BY id")
    let generations = try rows("SELECT DISTINCT tenant_id, generation FROM policy_activations ORDER BY 1, 2")
    #expect(generations.count > 6)
    _ = try SQLiteStore.open(at: path, mode: .readWrite)
    #expect(try rows("SELECT \(columns) FROM policy_activations WHERE role = 'live' ORDER BY id") == before)
    #expect(try rows("SELECT tenant_id, generation FROM policy_changes ORDER BY 1, 2") == generations)
    #expect(try rows("SELECT DISTINCT actor, action, canary_share FROM policy_changes").count == 1)
    #expect(try rows("SELECT count(*) FROM policy_changes WHERE after_decision_id IS NOT NULL") == [[0.databaseValue]])
  }

  @Test func `an upgraded store of version 3 is consistent, and new decisions match new generations`()
    throws
  {
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    let now = Instant(rfc3339: "2027-01-01T00:00:00Z")!
    let epoch = try store.becomeLeader(processID: 1, at: now)
    let before = try store.read { snapshot in
      try snapshot.tenants().map { try snapshot.generation(of: $0.key)?.number ?? 0 }
    }
    for tenant in ["acme", "globex"] {
      _ = try store.importFile(
        ByteSource(Array(#"{"type":"tenant","id":"\#(tenant)","policy":"strict"}"#.utf8)), ImportOptions(now: now))
    }
    let cycle = Cycle(
      store: store, registry: PolicyRegistry(catalog: PolicyCatalog(rules: nil), acceptance: StandardAcceptance()),
      epoch: epoch, stopwatch: { 0 })
    #expect(try cycle.run(at: now).decided > 0)
    let after = try store.read { snapshot in
      try snapshot.tenants().map { try snapshot.generation(of: $0.key)?.number ?? 0 }
    }
    #expect(zip(before, after).allSatisfy { $0 <= $1 && $1 <= $0 + 1 })
    #expect(try store.integrity().checks.filter { $0.violations > 0 }.isEmpty)
    let report = try store.readHistory { try Replay(RecordFilter()).run(on: $0) }
    #expect(report.different == 0)
  }

  @Test(arguments: [
    // A revision that the generation does not have.
    """
    UPDATE decisions SET revision_id = (SELECT max(id) FROM policy_revisions)
    WHERE id = (SELECT min(d.id) FROM decisions d WHERE d.revision_id <> (SELECT max(id) FROM policy_revisions)
      AND d.fleet_id > 0)
    """,
    // Decided before its generation began, or after the next one began.
    "UPDATE policy_changes SET after_decision_id = 1000000 WHERE id = (SELECT max(id) FROM policy_changes)",
    """
    UPDATE policy_changes SET after_decision_id = 0
    WHERE id = (SELECT min(id) FROM policy_changes WHERE generation = 2)
    """,
  ])
  func `a decision with a revision that was not active is found`(change: String) throws {
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    #expect(try store.integrity().checks.filter { $0.violations > 0 }.isEmpty)
    try store.pool.writeWithoutTransaction { try $0.execute(sql: change) }
    let found = try store.integrity().checks.filter { $0.violations > 0 }
    #expect(found.map(\.name) == ["revision-was-active"], "\(found)")
    #expect(found.first?.examples.isEmpty == false)
  }

  @Test func `a trial is stored completely or not at all`() throws {
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    for change in [
      "canary_share = 1000", "canary_since = 1", "shadow_share = 5, shadow_since = 1", "canary_rollback_limits = '{}'",
      "action = 'nonsense'", "actor = ''", "evidence = '[]'",
    ] {
      #expect(throws: (any Error).self, "\(change)") {
        try store.pool.writeWithoutTransaction {
          try $0.execute(sql: "UPDATE policy_changes SET \(change) WHERE id = 1")
        }
      }
    }
  }
}

import GRDB
import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// Columns that got other names in schema 13: what a store of an earlier version holds is what it held.
struct RenamedColumnTests {
  @Test func `limits, rollback limits and evidence of an earlier store are read as before`() throws {
    let folder = TestFolder()
    let path = folder.file("store.db")
    let old = try SQLiteStore.create(at: path, migrations: Migrations.all.upTo(10))
    try old.pool.write { db in
      try db.execute(
        sql: #"""
          INSERT INTO tenants (external_id, name, policies, created_at) VALUES ('acme', 'A', '["x"]', 0);
          INSERT INTO user_devices (tenant_id, external_id, device_name, limit_in_flight, created_at)
          VALUES (1, 'A', 'A', 7, 500), (1, 'B', 'B', NULL, 500);
          INSERT INTO policy_changes (tenant_id, generation, at, actor, action, canary_share, canary_since,
            canary_params, canary_guards) VALUES (1, 1, 5, 'ann', 'canary', 5000, 1, '{}', '{"faults":"2%","least":9}');
          INSERT INTO policy_changes (tenant_id, generation, at, actor, action, evidence) VALUES
            (1, 2, 6, 'usher', 'rollback', '{"guard":"faults","bound":"2%","canary":{"decided":9,"judged":9},"live":{}}'),
            (1, 3, 7, 'usher', 'rollback', '{"suspended":"p","faults_in_a_row":20,"canary":{},"live":{}}'),
            (1, 4, 8, 'ann', 'stop', NULL);
          """#)
    }
    try old.pool.close()
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    let fleet = try store.read { try $0.fleet(of: $0.tenants()[0], at: Instant(milliseconds: 600)) }
    #expect(fleet.members.map(\.device.limits.queue) == [7, nil])
    let rows = try store.pool.read {
      try Row.fetchAll(
        $0, sql: "SELECT canary_rollback_limits AS limits, evidence FROM policy_changes ORDER BY generation")
    }
    #expect(RollbackLimits(stored: rows[0]["limits"]) == RollbackLimits(faults: .share(20_000), leastJudged: 9))
    #expect((rows[1]["evidence"] as String).hasPrefix(#"{"rollback_limit":"faults","bound":"2%","canary":"#))
    let evidence = try #require(CanaryEvidence(stored: rows[1]["evidence"]))
    #expect(evidence.cause == .broken(.faults, .share(20_000)) && evidence.tallies.canary.judged == 9)
    #expect(CanaryEvidence(stored: rows[2]["evidence"])?.cause == .suspended(policy: "p", faults: 20))
    #expect((rows[3]["evidence"] as String?) == nil)
    #expect(try store.integrity().checks.allSatisfy { $0.violations == 0 })
  }
}

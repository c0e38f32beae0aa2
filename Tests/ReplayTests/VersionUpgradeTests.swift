import DryRun
import Foundation
import GRDB
import Operations
import Policies
import PolicyTesting
import Representations
import Routing
import RoutingTestKit
import Sequencing
import StoreSQL
import Testing

@testable import StoreSQLite

/// A store that 0.1.0 wrote, brought up by this version. `Fixtures/0.1.0/make.sh` says what is in it: a canary and two shadows,
/// waiting contacts, guards, faults, a suspended policy and a file that cannot be used.
struct VersionUpgradeTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/0.1.0")

  private let folder = TestFolder()
  private var path: String { folder.file("usher.db") }
  private let catalog: PolicyCatalog

  init() throws {
    for (name, copy) in [("store.db", "usher.db"), ("Rules", "Rules"), ("store.plan", "store.plan")] {
      try FileManager.default.copyItem(
        atPath: Self.fixtures.appendingPathComponent(name).path, toPath: folder.file(copy))
    }
    catalog = PolicyCatalog(rules: folder.file("Rules"))
  }

  // MARK: - What is looked at

  private func rows(_ sql: String) throws -> [[DatabaseValue]] {
    try DatabaseQueue(path: path).read { try Row.fetchAll($0, sql: sql).map { Array($0.databaseValues) } }
  }

  /// What an upgrade must not change, by table.
  private func state() throws -> [String: [[DatabaseValue]]] {
    let queries = [
      "policy_revisions": "id, external_id, policy, source, params, created_at",
      "policy_changes": "id, tenant_id, generation, at, actor, action, reason, origin, canary_share, canary_since",
      "policy_activations": "*", "canary_tallies": "*", "shadow_tallies": "*", "shadow_differences": "*",
      "shadow_samples": "*", "policy_streaks": "*", "policy_texts": "*", "policy_refusals": "tenant_id, policy",
      "decisions": "*", "sequence_contacts": "id, status, next_at, due_at, reason, last_decision_id",
    ]
    return try queries.reduce(into: [:]) { state, query in
      state[query.key] = try rows("SELECT \(query.value) FROM \(query.key) ORDER BY 1, 2")
    }
  }

  private func expectSame(
    _ state: [String: [[DatabaseValue]]], as before: [String: [[DatabaseValue]]],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (table, rows) in before {
      // Columns that an upgrade adds come last.
      let same = zip(state[table] ?? [], rows).map { now, then in Array(now.prefix(then.count)) }
      #expect(same == rows && state[table]?.count == rows.count, "\(table)", sourceLocation: sourceLocation)
    }
  }

  private func lastCycle() throws -> Instant {
    Instant(milliseconds: Int64.fromDatabaseValue(try rows("SELECT max(at) FROM fleet_records")[0][0])!)
  }

  private func cycle(_ store: SQLiteStore, at now: Instant) throws -> Cycle {
    Cycle(
      store: store, registry: PolicyRegistry(catalog: catalog, acceptance: StandardAcceptance()),
      epoch: try store.becomeLeader(processID: 1, at: now), stopwatch: { 0 }, suspendAfter: 3)
  }

  // MARK: - Facts

  @Test func `the next cycle begins no generation, wakes nobody, and keeps canary, shadows and suspensions`() throws {
    let before = try state()
    #expect(before["shadow_tallies"]!.count > 1 && before["canary_tallies"]!.count == 2)
    #expect(before["policy_streaks"]!.count > 1)
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    expectSame(try state(), as: before)
    // Within all waits: the shortest is that of a fault, 60 s.
    let now = try lastCycle().advanced(bySeconds: 20)
    let report = try cycle(store, at: now).run(at: now)
    #expect(report.decided == 0 && report.enrolled == 0)
    expectSame(try state(), as: before)
    #expect(try store.integrity().checks.allSatisfy { $0.violations == 0 })
    let replay = try store.readHistory { try Replay(RecordFilter()).run(on: $0) }
    #expect(replay.different == 0 && replay.identical == 46 && replay.notAsked == 11)
    // One of them was made with 3.0, which 0.1.0 recorded as 3.
    #expect(replay.foreignRevisions.isEmpty)
  }

  @Test func `decisions after the upgrade name the revisions on record, and both replay`() throws {
    let before = try state()
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    let now = try lastCycle().advanced(bySeconds: 7200)
    let report = try cycle(store, at: now).run(at: now)
    // Waits that get the same answer again are not recorded.
    #expect(report.decided > 10)
    let after = try state()
    for table in ["policy_revisions", "policy_changes", "policy_activations"] {
      #expect(after[table] == before[table], "\(table)")
    }
    // What was suspended is probed after an hour. Faults in a row of 0.1.0 are not counted any further.
    let suspended = "SELECT policy, faults FROM policy_streaks WHERE suspended_at IS NOT NULL ORDER BY policy"
    #expect(try rows(suspended).map { $0.map(\.description) } == [["\"crashy\"", "3"]])
    #expect(after["canary_tallies"] != before["canary_tallies"])
    #expect(try rows("SELECT DISTINCT engine, lua FROM fleet_records ORDER BY 1").count == 2)
    #expect(try store.integrity().checks.allSatisfy { $0.violations == 0 })
    let replay = try store.readHistory { try Replay(RecordFilter()).run(on: $0) }
    #expect(replay.different == 0 && replay.replayed == 57 + report.decided)
  }

  @Test func `a rolled back and activated revision is the one on record, by its old digest too`() throws {
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    let count = try rows("SELECT id FROM policy_revisions").count
    let now = try lastCycle().advanced(bySeconds: 20)
    let scope = TenantScope(tenant: TenantID("acme")!)
    let note = OperatorNote(actor: "ann", reason: "a test", at: now)
    _ = try RollBackPolicy(scope: scope).run(on: store, by: note)
    // It was the canary's revision, which nothing decides with now.
    let reassign = try #require(
      try rows("SELECT external_id FROM policy_revisions WHERE policy = 'reassign'").first?.first)
    let digest = String.fromDatabaseValue(reassign)!
    let done = try ActivatePolicy(.revision(String(digest.prefix(15))), scope: scope).run(
      on: store, catalog: catalog, by: note)
    #expect(done.changes.first?.request.draft.lineup.live.map(\.digest) == [digest])
    // A file with the same source is the same revision.
    let source = try #require(
      try rows("SELECT source FROM policy_revisions WHERE policy = 'reassign'").first?.first)
    try folder.write(String.fromDatabaseValue(source)!, to: "again/reassign.lua")
    let again = try ActivatePolicy(
      .files(try PolicyArgument([folder.file("again/reassign.lua")], catalog: catalog, option: "--policy")),
      scope: scope
    ).run(
      on: store, catalog: catalog, by: note)
    #expect(again.changes.isEmpty)
    _ = try cycle(store, at: now).run(at: now)
    #expect(try rows("SELECT id FROM policy_revisions").count == count)
    #expect(try store.integrity().checks.allSatisfy { $0.violations == 0 })
  }

  @Test func `a plan of 0.1.0 is read, and refused only because its shipped policy has another source now`() throws {
    let plan = try PlanFile.plan(
      Array(try Data(contentsOf: URL(fileURLWithPath: folder.file("store.plan")))), path: "store.plan")
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    let now = try lastCycle().advanced(bySeconds: 20)
    _ = try cycle(store, at: now).run(at: now)
    let error = #expect(throws: Problem.self) {
      try ApplyPlan(plan, title: "store.plan", scope: TenantScope(tenant: nil)).run(
        on: store, catalog: catalog, by: OperatorNote(actor: "ann", reason: "a test", at: now))
    }
    let lines = error?.message.split(separator: "\n") ?? []
    #expect(lines.count == 3 && lines[1].contains("the shipped policy strict"), "\(lines)")
  }

  @Test func `an export of 0.1.0 is imported, decides with its generations, and names engines once there are some`()
    throws
  {
    let store = try SQLiteStore.create(at: folder.file("new.db"))
    let bytes = Array(try Data(contentsOf: Self.fixtures.appendingPathComponent("store.jsonl")))
    let now = try lastCycle().advanced(bySeconds: 20)
    _ = try store.importFile(ByteSource(bytes), ImportOptions(now: now))
    let generations = { try store.read { s in try s.tenants().map { try s.generation(of: $0.key)?.number } } }
    let before = try generations()
    #expect(try cycle(store, at: now).run(at: now).decided == 0)
    #expect(try generations() == before)
    #expect(try store.readHistory { try Replay(RecordFilter()).run(on: $0) }.different == 0)
    let later = now.advanced(bySeconds: 7200)
    _ = try cycle(store, at: later).run(at: later)
    var exported: [UInt8] = []
    try store.exportFile { exported += $0 }
    #expect(String(decoding: exported, as: UTF8.self).contains(#""engine":3,"lua":"5.4."#))
    let copy = try SQLiteStore.create(at: folder.file("copy.db"))
    _ = try copy.importFile(ByteSource(exported), ImportOptions(now: later))
    var again: [UInt8] = []
    try copy.exportFile { again += $0 }
    #expect(exported == again)
  }
}

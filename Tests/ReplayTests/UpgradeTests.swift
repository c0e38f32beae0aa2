import DryRun
import GRDB
import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// A store of the version before the record existed continues with it.
struct UpgradeTests {
  @Test func `decisions before the upgrade have no record, and later ones have`() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "fallback")
    for device in 1...3 { scenario.device("D\(device)", hour: 5) }
    scenario.sequence()
    for lead in 1...40 { scenario.lead(lead, device: "D\(lead % 3 + 1)", name: "Lead \(lead)") }
    let engine = try TestInstance(scenario)
    // The old version had none.
    try engine.store.changeGuards(actor: "ops", at: TestInstance.start, reason: nil) { list in
      list = []
      return "none"
    }
    try engine.decide()
    let path = engine.folder.file("old.db")
    do {
      let old = try SQLiteStore.create(at: path, migrations: Migrations.all.upTo(2))
      try old.pool.barrierWriteWithoutTransaction { db in
        try db.execute(sql: "ATTACH ? AS new", arguments: [engine.store.path])
        try db.inTransaction { try copy(from: "new", db) }
        try db.execute(sql: "DETACH new")
      }
    }
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    let later = TestInstance.start.advanced(bySeconds: 4000)
    let epoch = try store.becomeLeader(processID: 1, at: later)
    // The new version changes a lead that the old version decided.
    var change = StoreScenario()
    change.lead(40, triggers: [], name: "Renamed")
    // Contacts that already waited get the same answer again, which is not recorded.
    for lead in 41...65 { change.lead(lead, device: "D\(lead % 3 + 1)") }
    _ = try store.importFile(.init(change.jsonLines), .init(now: later))
    let cycle = Cycle(
      store: store, registry: PolicyRegistry(catalog: PolicyCatalog(rules: nil), acceptance: StandardAcceptance()),
      epoch: epoch, stopwatch: { 0 })
    let decided = try cycle.run(at: later).decided
    let report = try store.readHistory { try Replay(RecordFilter()).run(on: $0) }
    #expect(report.unrecorded == UnrecordedCounts(byPolicies: 39, byOperators: 1))
    #expect(decided > 20 && report.identical == decided && report.decisions == decided + 40)
    #expect(try store.integrity().checks.allSatisfy { $0.violations == 0 })
    let before = try store.readHistory { try Replay(RecordFilter(until: later)).run(on: $0) }
    #expect(before.identical == 0 && before.unrecorded.byPolicies == 39)
  }

  /// Copies all rows with the columns of the old version; one decision becomes an operator's.
  private func copy(from source: String, _ db: Database) throws -> Database.TransactionCompletion {
    try RowCopy.run(from: source, db)
    try db.execute(
      sql: "UPDATE decisions SET revision_id = NULL WHERE id = (SELECT min(id) FROM decisions WHERE outcome = 'use')")
    return .commit
  }
}

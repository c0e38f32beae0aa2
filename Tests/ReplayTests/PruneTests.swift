import DryRun
import Policies
import Routing
import RoutingTestKit
import StoreSQL
import StoreSQLite
import Testing

/// Old decisions move to an archive; archive and store together give what the store had before.
struct PruneTests {
  private struct Interruption: Error {}

  /// Decisions with the fleet on which they were made, as text, by number.
  private typealias Record = [Int64: String]

  private func record(_ store: any Store) throws -> Record {
    try store.readHistory { snapshot in
      var (record, run) = (Record(), "")
      try snapshot.visitRecord(
        RecordFilter(),
        run: {
          let fleet = $0.fleet.members.map { "\($0.device) \($0.load)" }
          run = "\($0.at) \($0.tenant.id) \($0.revisions.map(\.digest)) \(fleet)"
        },
        decision: {
          record[$0.number] = "\($0) on \(run)"
          return true
        })
      return record
    }
  }

  private func replay(_ store: any Store) throws -> ReplayReport {
    try store.readHistory { try Replay(RecordFilter()).run(on: $0) }
  }

  private func archive(_ path: String) throws -> SQLiteStore { try SQLiteStore.open(at: path, mode: .readOnly) }

  private func options(_ engine: TestInstance, until: Instant? = nil, name: String = "old.db") -> PruneOptions {
    var options = PruneOptions(
      until: until ?? engine.clock.now(), archive: engine.folder.file(name), actor: "test", now: engine.clock.now())
    options.rowsMax = 40
    return options
  }

  /// Runs as another process would.
  @discardableResult
  private func prune(
    _ engine: TestInstance, _ options: PruneOptions, pause: () throws -> Void = {}
  ) throws -> PruneReport {
    try SQLiteStore.open(at: engine.store.path, mode: .readWrite).prune(options, pause: pause)
  }

  private func expectSound(_ store: any Store, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let broken = try store.integrity().checks.filter { $0.violations > 0 }
    #expect(broken.isEmpty, sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    ["fallback"], ["careless", "strict"], ["opinionless", "faulty", "fallback"], ["notes", "least_loaded"],
  ])
  func `archive and store together have each decision once, unchanged`(policies: [String]) async throws {
    var day = try RecordedDay(policies: policies, seed: 11)
    try await day.live(rounds: 20)
    let middle = day.engine.clock.now()
    try await day.live(rounds: 20)
    let (before, replayed) = (try record(day.engine.store), try replay(day.engine.store))

    let report = try prune(day.engine, options(day.engine, until: middle))
    let old = try archive(day.engine.folder.file("old.db"))
    let (archived, left) = (try record(old), try record(day.engine.store))
    #expect(report.archived == archived.count)
    #expect(report.archived == report.kept + report.deleted)
    #expect(archived.count > 60 && left.count > 10)
    #expect(archived.count + left.count == before.count)
    #expect(archived.merging(left) { $0 + $1 } == before)
    let (oldReplay, newReplay) = (try replay(old), try replay(day.engine.store))
    #expect(oldReplay.different + newReplay.different == 0)
    #expect(oldReplay.identical + newReplay.identical == replayed.identical)
    #expect(oldReplay.notAsked + newReplay.notAsked == replayed.notAsked)
    #expect(newReplay.unrecorded.archived == report.kept)
    try expectSound(day.engine.store)
    try expectSound(old)
    // A second run has nothing to do.
    #expect(try prune(day.engine, options(day.engine, until: middle, name: "none.db")).isNothing)
  }

  @Test func `a process that has its record in memory continues after all decisions before its last cycle were moved`()
    async throws
  {
    var day = try RecordedDay(policies: ["careless", "fallback"], seed: 12)
    var (all, archives) = (Record(), [String]())
    for round in 0..<8 {
      try await day.live(rounds: 6)
      all.merge(try record(day.engine.store)) { $1 }
      let options = options(day.engine, name: "old-\(round).db")
      if try prune(day.engine, options).isArchived { archives.append(options.archive) }
      if round == 4 { try day.restart() }
    }
    try await day.live(rounds: 4)
    let left = try record(day.engine.store)
    var together = left
    #expect(archives.count > 3)
    for path in archives {
      let old = try archive(path)
      together.merge(try record(old)) { $0 + $1 }
      #expect(try replay(old).different == 0)
    }
    all.merge(left) { $1 }
    #expect(together == all)
    #expect(try replay(day.engine.store).different == 0)
    try expectSound(day.engine.store)
    // The history of a contact is still complete: the decision of each message, in order.
    let rows = try RecordRows(day.engine)
    #expect(
      try rows.count(
        """
        SELECT count(*) FROM decisions x
        WHERE previous_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decisions p WHERE p.id = x.previous_id)
        """) == 0)
  }

  @Test func `pruning can be interrupted after any transaction, and the next run continues`() async throws {
    var day = try RecordedDay(policies: ["careless", "fallback"], seed: 13)
    try await day.live(rounds: 25)
    let before = try record(day.engine.store)
    var (runs, isDone) = (0, false)
    while !isDone {
      var transactions = 0
      do {
        try prune(day.engine, options(day.engine)) {
          transactions += 1
          if transactions > 1 { throw Interruption() }
        }
        isDone = true
      } catch is Interruption {}
      runs += 1
      let (archived, left) = (try record(try archive(day.engine.folder.file("old.db"))), try record(day.engine.store))
      #expect(archived.merging(left) { $1 } == before)
      #expect(left.allSatisfy { before[$0.key] == $0.value })
      #expect(try replay(day.engine.store).different == 0)
      try expectSound(day.engine.store)
    }
    #expect(runs > 5)
    let (archived, left) = (try record(try archive(day.engine.folder.file("old.db"))), try record(day.engine.store))
    #expect(archived.count + left.count == before.count)
  }

  @Test func `cycles between transactions of pruning decide as without it`() async throws {
    var day = try RecordedDay(policies: ["notes", "fallback"], seed: 14)
    try await day.live(rounds: 25)
    let (engine, before) = (day.engine, try record(day.engine.store))
    var rounds = 0
    try prune(engine, options(engine)) {
      engine.clock.advance(seconds: 60)
      rounds += try engine.decide().decided
    }
    #expect(rounds > 5)
    let (archived, left) = (try record(try archive(engine.folder.file("old.db"))), try record(engine.store))
    #expect(archived.count + left.count == before.count + rounds)
    #expect(archived.merging(left) { $0 + $1 }.filter { before[$0.key] != nil } == before)
    #expect(try replay(engine.store).different == 0)
    try expectSound(engine.store)
  }

  @Test func `pruning one tenant leaves the decisions of others`() async throws {
    var day = try RecordedDay(policies: ["fallback"], seed: 15)
    try await day.live(rounds: 15)
    var options = options(day.engine)
    options.tenant = TenantID("acme")
    let left = { (tenant: String) in
      try day.engine.store.readHistory { try Replay(RecordFilter(tenant: TenantID(tenant))).run(on: $0) }.replayed
    }
    let before = (try left("acme"), try left("globex"))
    let report = try prune(day.engine, options)
    #expect(try left("globex") == before.1)
    #expect(try left("acme") == before.0 - report.archived)
    #expect(try archive(options.archive).read { try $0.tenants() }.map(\.id) == [TenantID("acme")])
    options.tenant = TenantID("nobody")
    #expect(throws: OperatorError.unknown(.tenant, id: "nobody")) { try prune(day.engine, options) }
  }

  @Test func `a file with other content is never used as the archive, and nothing is deleted`() async throws {
    var day = try RecordedDay(policies: ["fallback"], seed: 16)
    try await day.live(rounds: 15)
    let before = try record(day.engine.store)
    let options = options(day.engine)
    // An archive of another store, one of this store with a changed row, and a store.
    var other = try RecordedDay(policies: ["fallback"], seed: 17)
    try await other.live(rounds: 15)
    try prune(other.engine, self.options(other.engine))
    _ = try SQLiteStore.create(at: day.engine.folder.file("store.db"))
    for path in [other.engine.folder.file("old.db"), day.engine.folder.file("store.db"), day.engine.store.path] {
      var options = options
      options.archive = path
      #expect(throws: StoreError.self) { try prune(day.engine, options) }
    }
    _ = try RecordRows(day.engine).copy(to: day.engine.folder.file("copy.db"))
    try prune(day.engine, options)
    try RecordRows(path: options.archive).change(
      "UPDATE decisions SET seed = seed + 1 WHERE id = (SELECT min(id) FROM decisions)")
    let copy = try SQLiteStore.open(at: day.engine.folder.file("copy.db"), mode: .readWrite)
    #expect(throws: StoreError.self) { try copy.prune(options, pause: {}) }
    #expect(try record(copy) == before)
  }

  @Test func `an archive has no due contacts, and cannot be written to`() async throws {
    var day = try RecordedDay(policies: ["careless", "fallback"], seed: 18)
    try await day.live(rounds: 15)
    let options = options(day.engine)
    try prune(day.engine, options)
    let rows = try RecordRows(path: options.archive)
    #expect(try rows.count("SELECT count(*) FROM sequence_contacts WHERE next_at IS NOT NULL OR ended_at IS NULL") == 0)
    #expect(try rows.count("SELECT count(*) FROM sequences WHERE status <> 'archived'") == 0)
    for table in ["broadcast_messages", "lead_triggers", "leader"] {
      #expect(try rows.count("SELECT count(*) FROM \(table)") == 0)
    }
    #expect(throws: StoreError.self) { try SQLiteStore.open(at: options.archive, mode: .readWrite) }
  }
}

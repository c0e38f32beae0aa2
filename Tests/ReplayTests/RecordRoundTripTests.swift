import DryRun
import Routing
import RoutingTestKit
import StoreSQL
import StoreSQLite
import Testing

/// An export contains the record: in another store it replays as in the original.
struct RecordRoundTripTests {
  private func replay(_ store: any Store) throws -> ReplayReport {
    try store.readHistory { try Replay(RecordFilter()).run(on: $0) }
  }

  @Test(arguments: [["fallback"], ["careless", "strict"], ["opinionless", "faulty", "fallback"]])
  func `decisions replay identically after a round trip`(policies: [String]) async throws {
    var day = try RecordedDay(policies: policies, seed: 21)
    try await day.live(rounds: 30)
    let (before, bytes) = (try replay(day.engine.store), try day.engine.store.exportedBytes())
    // Importing into the original store changes nothing.
    let again = try day.engine.store.importFile(ByteSource(bytes), ImportOptions(now: day.engine.clock.now()))
    #expect(!again.hasChanged)

    let copy = try SQLiteStore.create(at: day.engine.folder.file("copy.db"))
    _ = try copy.importFile(ByteSource(bytes), ImportOptions(now: day.engine.clock.now()))
    #expect(try copy.exportedBytes() == bytes)
    let after = try replay(copy)
    #expect(after.identical == before.identical && after.notAsked == before.notAsked)
    #expect(after.different == 0 && after.foreignRevisions.isEmpty)
    #expect(try copy.integrity().checks.allSatisfy { $0.violations == 0 })
  }

  @Test func `a record continues after pruning, with devices that have other keys in the copy`() async throws {
    var day = try RecordedDay(policies: ["careless", "fallback"], seed: 22)
    try await day.live(rounds: 4)
    let middle = day.engine.clock.now()
    try await day.live(rounds: 30)
    _ = try SQLiteStore.open(at: day.engine.store.path, mode: .readWrite).prune(
      PruneOptions(until: middle, archive: day.engine.folder.file("old.db"), actor: "test", now: middle), pause: {})
    // Only the second tenant: its devices get other keys in the other store.
    let globex = TenantID("globex")!
    let bytes = try day.engine.store.exportedBytes(tenant: globex.text)
    let before = try day.engine.store.readHistory { try Replay(RecordFilter(tenant: globex)).run(on: $0) }
    let copy = try SQLiteStore.create(at: day.engine.folder.file("copy.db"))
    _ = try copy.importFile(ByteSource(bytes), ImportOptions(now: middle))
    #expect(try copy.exportedBytes() == bytes)
    let after = try replay(copy)
    #expect(after.identical == before.identical && after.identical > 5)
    #expect(after.unrecorded == before.unrecorded && after.unrecorded.archived > 0)
    #expect(after.different == 0)
  }
}

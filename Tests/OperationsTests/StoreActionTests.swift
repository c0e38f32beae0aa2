import Foundation
import Operations
import Routing
import RoutingTestKit
import Stores
import Testing

struct StoreActionTests {
  private let folder = TestFolder()
  private let note = OperatorNote(actor: "ann", reason: nil, at: TestInstance.start)

  private func scenario() -> StoreScenario {
    var scenario = StoreScenario()
    scenario.tenant("acme")
    return scenario
  }

  @Test func `a store is created once, empty or with sample data`() throws {
    let path = folder.file("new.db")
    let result = try CreateStore(at: path, sample: scenario().jsonLines).run(by: note)
    #expect((result.sampleLines, result.leftovers, result.isOnHold) == (1, [], false))
    #expect(try Stores.open(path, mode: .readOnly).read { try $0.tenants().count } == 1)
    #expect(code { _ = try CreateStore(at: path).run(by: note) } == .storeUnusable)
    #expect(try CreateStore(at: folder.file("empty.db")).run(by: note).sampleLines == nil)
  }

  @Test func `a store with the newest version is unchanged`() throws {
    let path = folder.file("new.db")
    _ = try CreateStore(at: path).run(by: note)
    let result = try UpgradeStore(at: path).run(by: note, waits: { Issue.record("waits: \($0)") })
    #expect((result.versionBefore, result.notices) == (result.version, []))
  }

  @Test func `the name of an archive contains the time from which decisions are kept`() throws {
    let pruning = try PruneStore(keepSeconds: 86_400, ofStoreAt: "usher.db", by: note)
    #expect(pruning.options.archive == "usher.db.decisions-2026-11-21T09-00-00Z.db")
    #expect(code { _ = try PruneStore(keepSeconds: 1 << 40, ofStoreAt: "usher.db", by: note) } == .invalidInput)
  }

  @Test func `a dry pruning counts old decisions, and pruning moves them`() throws {
    let office = try Office(leads: 5)
    try office.engine.decide()
    office.engine.clock.advance(seconds: 90_000)
    // Other answers, because an answer that repeats the last one is not on record.
    try office.engine.folder.write(Office.policy("edited"), to: "Rules/mine.lua")
    try office.engine.decide()
    let archive = folder.file("archive.db")
    let pruning = try PruneStore(
      keepSeconds: 3600, archive: archive, ofStoreAt: office.store.path, by: office.note(reason: "space"))
    let previewed = try pruning.preview(on: office.store)
    #expect(!FileManager.default.fileExists(atPath: archive))
    let report = try pruning.run(on: office.store, pause: {}, progress: { _ in })
    #expect(report.archived == previewed.archived && report.archived > 0)
    #expect(FileManager.default.fileExists(atPath: archive))
  }

  @Test func `copies from before upgrades are not deleted without a reason`() throws {
    let path = folder.file("new.db")
    _ = try CreateStore(at: path).run(by: note)
    let store = try Stores.open(path, mode: .readWrite)
    #expect(MigrationCopiesQuery().run(on: store).isEmpty)
    #expect(code { _ = try ForgetMigrationCopies().run(on: store, by: note) } == .reasonRequired)
  }

  @Test func `an import is recorded with its file and digest, and reports skipped lines`() throws {
    let office = try Office()
    let lines =
      Array("{\"type\":\"lead\",\"tenant\":\"acme\",\"id\":\"N1\",\"phone\":\"0\"}\n".utf8) + scenario().jsonLines
    let refused = ImportFile(ByteSource(lines), name: "leads.jsonl")
    #expect(code { _ = try refused.run(into: office.store, by: office.note()) } == .importRejected)
    let skipping = ImportFile(ByteSource(lines), name: "leads.jsonl", skipsBadLines: true)
    let result = try skipping.run(into: office.store, by: office.note())
    #expect(result.rejection?.message == "1 of 2 lines were not imported")
    let line = try office.lastAudit()
    #expect(line.file == "leads.jsonl")
    #expect(line.digest?.hasPrefix("sha256:") == true)
  }

  @Test func `an export covers one tenant or all`() throws {
    let office = try Office(tenants: ["acme", "globex"])
    func export(_ tenant: TenantID?) throws -> String {
      var bytes: [UInt8] = []
      try ExportRows(tenant: tenant).run(from: office.store) { bytes += $0 }
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(try export(nil).contains("globex"))
    #expect(try !export(acme).contains("globex"))
    #expect(code { _ = try export(TenantID("acne")!) } == .tenantNotFound)
  }
}

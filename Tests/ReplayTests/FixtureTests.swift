import DryRun
import Foundation
import Routing
import RoutingTestKit
import StoreSQL
import StoreSQLite
import Testing

/// Later versions replay decisions that earlier versions recorded.
///
/// `USHER_RECORD_FIXTURE=1 swift test --filter FixtureTests` records today's decisions, in a file named after the
/// store's version. A committed file is never recorded again: that version wrote it. `archive-vN.db` is what `usher
/// store prune` made of it.
struct FixtureTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  @Test func `decisions of earlier versions replay identically`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".db") }
    #expect(names.contains("recorded-v3.db") && names.contains("archive-v3.db"))
    for name in names.sorted() {
      let folder = TestFolder()
      try FileManager.default.copyItem(atPath: Self.folder.appendingPathComponent(name).path, toPath: folder.file(name))
      _ = try SQLiteStore.upgrade(at: folder.file(name))
      let store = try SQLiteStore.open(at: folder.file(name), mode: .readOnly)
      let report = try store.readHistory { try Replay(RecordFilter()).run(on: $0) }
      #expect(report.different == 0 && report.timeouts == 0, "\(name): \(report.firstDifference?.replayed.json as Any)")
      #expect(report.identical > 150 && report.notAsked > 10, "\(name): \(report.identical), \(report.notAsked)")
    }
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["USHER_RECORD_FIXTURE"] != nil))
  func `the fixture of this version is recorded on request`() async throws {
    var day = try RecordedDay(policies: ["notes", "fallback"], seed: 33, devices: 5, leads: 12)
    for list in [["notes", "fallback"], ["reassign"], ["faulty", "careless"], ["looping"], ["strict"], ["broken"]] {
      try day.activate(list)
      try await day.live(rounds: 4)
      try day.restart()
    }
    let version = try RecordRows(day.engine).count("SELECT user_version FROM pragma_user_version")
    let file = Self.folder.appendingPathComponent("recorded-v\(version).db")
    try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
    try? FileManager.default.removeItem(at: file)
    _ = try RecordRows(day.engine).copy(to: file.path)
  }
}

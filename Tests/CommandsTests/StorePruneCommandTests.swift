import Foundation
import Routing
import StoreSQL
import StoreSQLite
import Testing
import Wire

/// A store with five days of decisions, and a check that all of them replay.
private enum PruneScene {
  static let devices = (1...4).map { JSONValue.device("D\($0)") }

  /// Five days with one cycle each.
  static func store(leads: Int = 20) throws -> TestStore {
    let store = try TestStore(
      [.tenant()] + devices + [.sequence(delays: [0, 86_400, 86_400, 86_400])]
        + (0..<leads).map { .lead($0, device: "D\($0 % 4 + 1)") })
    for day in 22...26 { try store.usher("tick", "--now", "2026-11-\(day)T09:00:00Z") }
    return store
  }

  static func replay(_ path: String) throws -> JSONValue {
    let outcome = try UsherProcess.run(["replay", "--store", path, "--format", "json"])
    #expect(outcome.code == 0, "\(outcome)")
    return try outcome.json()
  }
}

/// `usher store prune`: its output, what it rejects, and the state after a kill.
struct StorePruneCommandTests {
  @Test func `pruning moves older decisions, reports it, and records it`() throws {
    let store = try PruneScene.store()
    let before = try PruneScene.replay(store.path)
    let previewed = try store.usher(
      "store", "prune", "--keep", "2d", "--now", "2026-11-26T00:00:00Z", "--dry-run", "--format", "json"
    ).json()
    #expect(try PruneScene.replay(store.path) == before)
    let report = try store.usher("store", "prune", "--keep", "2d", "--now", "2026-11-26T00:00:00Z", "--format", "json")
      .json()
    #expect(
      report.keys == [
        "until", "archived", "deleted", "kept", "fleet_records", "history_rows", "free_bytes_before",
        "free_bytes_after", "store_bytes", "archive_bytes", "archive",
      ])
    #expect(report["until"] == "2026-11-24T00:00:00Z")
    #expect(report["archived"] == 40)
    for key in ["archived", "deleted", "kept", "fleet_records", "archive"] { #expect(previewed[key] == report[key]) }
    let archive = store.path + ".decisions-2026-11-24T00-00-00Z.db"
    #expect(report["archive"].text == archive)
    let (old, left) = (try PruneScene.replay(archive), try PruneScene.replay(store.path))
    #expect(old["identical"] == 40)
    #expect(left["identical"].whole! + 40 == before["identical"].whole!)
    #expect(left["archived"] == report["kept"])
    #expect(left["decisions"] == before["decisions"])
    let audit = try store.export().rows("audit")
    #expect(audit.map { $0["action"] } == ["prune"])
    #expect(audit[0]["subject"] == "store")
    try store.expectSound()
    try TestStore(existing: "usher.db.decisions-2026-11-24T00-00-00Z.db", in: store.folder).expectSound()
    let again = try store.usher("store", "prune", "--keep", "2d", "--now", "2026-11-26T00:00:00Z")
    #expect(again.stderr.contains("no decisions before 2026-11-24T00:00:00Z"), "\(again)")
  }

  @Test(arguments: ["30", "d", "-1d", "0d", "soon", "1.5h", "1000001d"])
  func `an invalid time to keep is wrong usage`(keep: String) throws {
    let store = try TestStore()
    #expect(try store.usher("store", "prune", "--keep", keep, expecting: 64).output.isEmpty)
  }

  @Test func `an unknown tenant, a missing folder and a file with other content are problems`() throws {
    let store = try PruneScene.store(leads: 2)
    for arguments in [
      ["--tenant", "nobody"], ["--archive", store.folder.file("no/such/old.db")], ["--archive", store.path],
    ] {
      let outcome = try UsherProcess.run(
        ["store", "prune", "--keep", "1d", "--now", "2026-11-27T00:00:00Z", "--store", store.path] + arguments)
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.output.isEmpty, "\(outcome)")
    }
    #expect(try PruneScene.replay(store.path)["archived"] == 0)
  }

  @Test func `no command runs on an archive or writes to it (I-30)`() throws {
    let store = try PruneScene.store(leads: 3)
    try store.usher(
      "store", "prune", "--keep", "1d", "--now", "2026-11-27T00:00:00Z", "--archive", store.folder.file("old.db"))
    let archive = TestStore(existing: "old.db", in: store.folder)
    let before = try Data(contentsOf: URL(fileURLWithPath: archive.path))
    for arguments in [
      ["tick"], ["tick", "--no-send"], ["serve"], ["device", "pause", "D1", "--tenant", "acme", "--minutes", "5"],
      ["contact", "opt-out", "L1", "--tenant", "acme"], ["import", "-"], ["store", "prune", "--keep", "1d"],
    ] {
      let outcome = try UsherProcess.run(arguments + ["--store", archive.path], in: store.folder.path)
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.stderr.contains("is an archive of decisions"), "\(outcome)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: archive.path)) == before)
    #expect(try archive.usher("contact", "show", "welcome/L1", "--tenant", "acme").text.contains("decision: use"))
  }
}

extension Slow {
  /// Pruning that is killed, and pruning while a daemon runs at full speed.
  struct StorePruneTests {
    @Test func `a killed pruning leaves each decision in store or archive, and repeating it continues`() throws {
      let store = try PruneScene.store(leads: 1200)
      let before = try PruneScene.replay(store.path)
      let archive = store.folder.file("old.db")
      let arguments = ["store", "prune", "--keep", "1d", "--now", "2026-11-26T23:00:00Z", "--archive", archive]
      var kills = 0
      for delay: UInt32 in [0, 0, 20_000, 100_000, 400_000] {
        let process = try UsherProcess(arguments + ["--store", store.path])
        try eventually("the archive is there, or the process ended") {
          store.folder.exists("old.db") || !process.isRunning
        }
        usleep(delay)
        process.signal(SIGKILL)
        if try process.end().code == -SIGKILL { kills += 1 }
        let (old, left) = (try PruneScene.replay(archive), try PruneScene.replay(store.path))
        #expect(old["identical"] == 3600)
        #expect(old["different"] == 0 && left["different"] == 0)
        #expect(left["identical"].whole! >= before["identical"].whole! - 3600)
        try store.expectSound()
      }
      #expect(kills > 0, "the first one comes when the archive has its name, before anything is deleted")
      try store.usher("store", "prune", "--keep", "1d", "--now", "2026-11-26T23:00:00Z", "--archive", archive)
      let (old, left) = (try PruneScene.replay(archive), try PruneScene.replay(store.path))
      #expect(old["identical"].whole! + left["identical"].whole! == before["identical"].whole!)
      #expect(old["different"] == 0 && left["different"] == 0)
      // A file of a killed process may be deleted if it had no final name yet.
      let names = try FileManager.default.contentsOfDirectory(atPath: store.folder.path)
      #expect(names.contains("old.db"))
    }

    @Test func `pruning does not delay a daemon at full speed, and breaks no record`()
      throws
    {
      let store = try TestStore(
        [.tenant(), .tenant("globex", policy: "reassign")] + PruneScene.devices
          + (1...4).map { .device("D\($0)", of: "globex") }
          + [.sequence(delays: [0, 1, 1, 1]), .sequence(of: "globex", delays: [0, 1, 1, 1])]
          + (0..<400).flatMap {
            [.lead($0, device: "D\($0 % 4 + 1)"), .lead($0, of: "globex", device: "D\($0 % 4 + 1)")]
          })
      let daemon = try store.serve()
      var (archived, round, isDone) = (0, 0, false)
      while !isDone || round < 3 {
        isDone = try store.states()["completed"] == 800
        let report = try store.usher(
          "store", "prune", "--keep", "1s", "--archive", store.folder.file("old-\(round).db"), "--format", "json"
        ).json()
        archived += report["archived"].whole!
        round += 1
      }
      daemon.signal(SIGTERM)
      let outcome = try daemon.end()
      #expect(outcome.code == 0, "\(outcome)")
      #expect(!outcome.stderr.contains("cycle failed"), "\(outcome)")
      var identical = 0
      for round in 0..<round where store.folder.exists("old-\(round).db") {
        let old = try PruneScene.replay(store.folder.file("old-\(round).db"))
        #expect(old["different"] == 0)
        identical += old["identical"].whole!
      }
      #expect(identical == archived && archived > 800)
      let left = try PruneScene.replay(store.path)
      #expect(left["identical"].whole! + archived >= 3200)
      #expect(left["different"] == 0)
      try store.expectSound()
    }
  }
}

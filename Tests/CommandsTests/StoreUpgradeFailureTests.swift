import Foundation
import RoutingTestKit
import Testing
import Wire

extension Slow {
  /// An upgrade that is killed, and one on a full disk.
  struct StoreUpgradeFailureTests {
    private let earlier: EarlierStore

    init() throws { earlier = try EarlierStore() }

    @Test func `a kill at any time leaves a store that opens, and one complete copy at the end`() throws {
      for round in 0..<12 {
        let process = try UsherProcess(["store", "upgrade", "--store", earlier.folder.file("usher.db")])
        // Each round is killed a little later; the last ones may have finished.
        for _ in 0..<(round * 4) where process.isRunning { usleep(1_000) }
        if round.isMultiple(of: 3) {
          try eventually("a copy was begun") { try !earlier.copies.isEmpty || !process.isRunning }
        }
        process.signal(SIGKILL)
        _ = try process.end()
      }
      try earlier.store.usher("store", "upgrade")
      let left = try earlier.copies
      #expect(left.contains("usher.db.before-3") && !left.contains { $0.contains("partial") }, "\(left)")
      // Each step is a transaction: a kill between two leaves the version in between, which is copied too.
      #expect(left.allSatisfy { $0.hasPrefix("usher.db.before-") }, "\(left)")
      try earlier.store.expectSound()
      try FileManager.default.copyItem(
        atPath: earlier.folder.file("usher.db.before-3"), toPath: earlier.folder.file("back.db"))
      chmod(earlier.folder.file("back.db"), 0o600)
      try UsherProcess.run(["store", "upgrade", "--store", earlier.folder.file("back.db")]).expectCode(0)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
    func `on a full disk no files are left and the message states what to do`() throws {
      let disk = try SmallDisk(kilobytes: 2048, in: earlier.folder)
      let place = disk.path + "/usher.db"
      try FileManager.default.copyItem(atPath: EarlierStore.fixture, toPath: place)
      try disk.fill(leaving: 200)
      let upgrade = try UsherProcess.run(["store", "upgrade", "--store", place])
      #expect(
        upgrade.code == 1 && upgrade.stderr.contains("must be copied") && upgrade.stderr.contains("free"), "\(upgrade)")
      #expect(try disk.names == ["filler", "usher.db", "usher.db.lock"])
      try earlier.store.usher("store", "upgrade")
      let page = try UsherProcess.run([
        "export", "--store", earlier.folder.file("usher.db"),
      ])
      #expect(page.output.count > 200_000)
      let sent = try UsherProcess(
        [
          "-c", "exec \"$0\" \"$@\" > \(disk.path)/all.jsonl", UsherProcess.program, "export", "--store",
          earlier.store.path,
        ],
        program: ("/bin/sh", [])
      ).end()
      #expect(sent.code == 1 && sent.stderr.contains("the disk is full"), "\(sent)")
      unlink(disk.path + "/all.jsonl")
      try disk.fill(leaving: 0)
      for arguments in [
        [
          "simulate", "--hours", "1", "--at", "2026-11-25T09:00:00Z", "--out", disk.path + "/page.html", "--store",
          earlier.store.path,
        ],
        ["init", "--sample", "--store", disk.path + "/new.db"],
      ] {
        let outcome = try UsherProcess.run(arguments)
        #expect(outcome.code == 1 && outcome.stderr.contains("is full"), "\(outcome)")
        #expect(try disk.names == ["filler", "usher.db", "usher.db.lock"])
      }
      unlink(disk.path + "/filler")
      let later = try UsherProcess.run(["store", "upgrade", "--store", place])
      #expect(later.code == 0 && later.stderr.contains("from version 3 to"), "\(later)")
    }
  }
}

extension UsherProcess.Outcome {
  fileprivate func expectCode(_ code: Int32) { #expect(self.code == code, "\(self)") }
}

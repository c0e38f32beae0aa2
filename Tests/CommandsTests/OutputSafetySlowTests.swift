import Foundation
import RoutingTestKit
import Testing

extension Slow {
  /// Each option that writes a file, with each name that leads to a store.
  struct OutputSafetyTests {
    private let targets: OutputTargets
    private var store: TestStore { targets.store }
    private var folder: TestFolder { store.folder }

    init() throws { targets = try OutputTargets() }

    @Test(arguments: OutputTargets.writing.keys.sorted())
    func `each option that writes a file rejects stores and their files`(option: String) throws {
      let command = try #require(OutputTargets.writing[option])
      let everything = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      let before = try targets.state(everything)
      for name in OutputTargets.names { try targets.expectRefused(command, name) }
      try targets.expectRefused(command, store.path)
      if option != "test --out" { try targets.expectRefused(command, "Rules/p.lua") }
      #expect(try targets.state(["other.db"]) == before.filter { $0.key == "other.db" })
      // Commands that run on the store write to it, but the file stays the same.
      #expect(
        try targets.identity(targets.state(["usher.db"])) == targets.identity(before.filter { $0.key == "usher.db" }))
      let now = try Set(FileManager.default.contentsOfDirectory(atPath: folder.path))
      // Commands that run on the store leave its lock file; a store named as an archive was read.
      #expect(now.subtracting(everything).subtracting(["usher.db.lock", "other.db-wal", "other.db-shm"]) == [])
      try store.expectSound()
    }

    @Test func `the same holds while a daemon runs, and the daemon continues`() throws {
      // A store with two names is not served; one that gets the second name later is.
      #expect(unlink(folder.file("hard.html")) == 0)
      let daemon = try store.serve()
      try daemon.says(" started ")
      try FileManager.default.linkItem(atPath: store.path, toPath: folder.file("hard.html"))
      let files = ["usher.db", "usher.db-wal", "usher.db-shm", "usher.db.lock"]
      let before = try targets.identity(targets.state(files))
      #expect(before.count == 4)
      for (option, command) in OutputTargets.writing.sorted(by: { $0.key < $1.key }) where !option.hasSuffix("--sent") {
        for name in ["usher.db", "link.html", "hard.html", "usher.db-wal", "usher.db.lock", "usher.db.sent.jsonl"] {
          try targets.expectRefused(command, name)
        }
      }
      #expect(try targets.identity(targets.state(files)) == before)
      #expect(daemon.isRunning)
      daemon.signal(SIGTERM)
      #expect(try daemon.end().code == 0)
      try store.expectSound()
    }
  }
}

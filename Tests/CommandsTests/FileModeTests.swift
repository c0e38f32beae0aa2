import Foundation
import RoutingTestKit
import Testing
import Wire

extension Slow {
  /// Files with phone numbers are readable by their owner, or by the store's group, whatever the umask.
  struct FileModeTests {
    private let folder: TestFolder

    init() throws { folder = TestFolder() }

    private func process(_ umask: String, _ arguments: [String], input: [UInt8] = []) throws -> UsherProcess {
      try UsherProcess(
        ["-c", "umask \(umask); exec \"$0\" \"$@\"", UsherProcess.program] + arguments, input: input, in: folder.path,
        program: ("/bin/sh", []))
    }

    private func run(_ umask: String, _ arguments: String..., code: Int32 = 0) throws {
      let outcome = try process(umask, arguments).end()
      #expect(outcome.code == code, "\(outcome)")
    }

    private func mode(_ name: String) -> String {
      var status = stat()
      guard stat(folder.file(name), &status) == 0 else { return "none" }
      return String(status.st_mode & 0o777, radix: 8)
    }

    private func modes() throws -> [String: String] {
      var found: [String: String] = [:]
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) { found[name] = mode(name) }
      return found
    }

    /// A day that creates every kind of file.
    private func live(_ umask: String, _ options: [String]) throws {
      let made = try process(umask, ["init", "--sample"] + options).end()
      #expect(made.code == 0, "\(made)")
      for day in 22...24 { try run(umask, "tick", "--now", "2026-11-\(day)T09:00:00Z") }
      try run(umask, "test", "--from-decision", "1", "--out", "case_test.lua")
      try run(umask, "store", "prune", "--keep", "1d", "--now", "2026-11-24T09:00:00Z")
      try run(
        umask, "dry-run", "--policy", "strict", "--at", "2026-11-25T09:00:00Z", "--out", "page.html", "--format",
        "html",
        "--save", "change.plan", code: 2)
      try run(umask, "simulate", "--hours", "1", "--out", "day.txt")
    }

    @Test(arguments: ["022", "077", "000", "0777"])
    func `each file has a fixed mode, whatever the umask`(umask: String) throws {
      try live(umask, [])
      for (name, mode) in try modes() { #expect(mode == "600", "\(name)") }
      let daemon = try process(umask, ["serve"])
      try daemon.says(" started ")
      for name in ["usher.db-wal", "usher.db-shm", "usher.db.lock"] { #expect(mode(name) == "600", "\(name)") }
      daemon.signal(SIGTERM)
      #expect(try daemon.end().code == 0)
    }

    @Test(arguments: ["022", "0777"])
    func `the group of a group-readable store can read its files`(umask: String) throws {
      try live(umask, ["--group-readable"])
      let modes = try modes()
      #expect(modes.count >= 8)
      for (name, mode) in modes { #expect(mode == "640", "\(name)") }
      let daemon = try process(umask, ["serve"])
      try daemon.says(" started ")
      for name in ["usher.db-wal", "usher.db-shm"] { #expect(mode(name) == "640", "\(name)") }
      daemon.signal(SIGTERM)
      #expect(try daemon.end().code == 0)
    }

    @Test func `a store of the first version is closed to others once, with a notice`() throws {
      try live("022", [])
      let files = ["usher.db", "usher.db.lock", "usher.db.sent.jsonl"]
      for name in files { chmod(folder.file(name), 0o644) }
      let read = try process("022", ["doctor", "--store", "usher.db"]).end()
      #expect(read.code == 1 && read.text.contains("every user of this machine can read"), "\(read)")
      #expect(mode("usher.db") == "644", "who only reads changes nothing")
      let first = try process("022", ["tick", "--now", "2026-11-25T09:00:00Z"]).end()
      #expect(first.code == 0, "\(first)")
      for name in files {
        #expect(mode(name) == "600")
        #expect(first.stderr.contains(name), "\(first)")
      }
      let second = try process("022", ["tick", "--now", "2026-11-25T09:01:00Z"]).end()
      #expect(second.code == 0 && !second.stderr.contains("every user"), "\(second)")
      try run("022", "doctor", "--store", "usher.db")
    }

    @Test(arguments: ["600", "640", "660"]) func `a mode that somebody chose is kept`(chosen: String) throws {
      try live("022", [])
      chmod(folder.file("usher.db"), mode_t(chosen, radix: 8)!)
      unlink(folder.file("usher.db.lock"))
      unlink(folder.file("usher.db.sent.jsonl"))
      try run("077", "tick", "--now", "2026-11-25T09:00:00Z")
      for name in ["usher.db", "usher.db.lock", "usher.db.sent.jsonl"] { #expect(mode(name) == chosen, "\(name)") }
    }

    @Test func `a daemon logs that it closed a store`() throws {
      try live("022", [])
      chmod(folder.file("usher.db"), 0o644)
      let daemon = try process("022", ["serve", "--log-format", "json"])
      try daemon.says("started")
      daemon.signal(SIGTERM)
      let outcome = try daemon.end()
      let lines = outcome.stderr.split(separator: "\n")
      let first = try JSONParser.parse(Array(lines[0].utf8))
      #expect(first["level"] == "notice" && first["message"].text?.contains("every user") == true, "\(outcome)")
    }
  }
}

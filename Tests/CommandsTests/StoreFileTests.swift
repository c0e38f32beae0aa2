import Foundation
import Routing
import RoutingTestKit
import Testing
import Wire

/// Stores that cannot be used: each has its own message, exit code 1, and nothing is changed.
struct StoreFileTests {
  private let folder: TestFolder
  init() throws { folder = TestFolder() }

  private static let reading = [
    ["report", "integrity"], ["export"], ["dry-run", "--policy", "fallback"], ["policy", "list"],
  ]
  private static let writing = [["tick"], ["serve"], ["import", "-"]]

  private func expectRefused(_ name: String, _ message: String, _ commands: [[String]] = reading + writing) throws {
    let before = folder.exists(name) ? try folder.contents(name) : []
    for command in commands {
      let outcome = try UsherProcess.run(command + ["--store", folder.file(name)], in: folder.path)
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.output.isEmpty, "\(outcome)")
      #expect(outcome.stderr.hasPrefix("usher: "), "\(outcome)")
      #expect(outcome.stderr.contains(message), "\(outcome)")
      #expect(outcome.stderr.filter { $0 == "\n" }.count == 1, "one line: \(outcome)")
    }
    #expect((folder.exists(name) ? try folder.contents(name) : []) == before)
  }

  /// Creates a store whose file has some changed bytes.
  private func store(_ name: String, change: (inout [UInt8]) -> Void) throws {
    let store = try TestStore(
      [.tenant(), .device("D1"), .sequence()] + (0..<300).map { .lead($0, device: "D1") }, in: folder, name: "good.db")
    try store.usher("tick", "--no-send")
    // Everything is in the main file: a process that ended normally left nothing in the log.
    if folder.exists("good.db-wal") { #expect(try folder.contents("good.db-wal").isEmpty) }
    var bytes = try folder.contents("good.db")
    change(&bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name)))
  }

  @Test func `missing`() throws { try expectRefused("none.db", "there is no store at") }

  @Test func `empty`() throws {
    try folder.write("", to: "empty.db")
    try expectRefused("empty.db", "is empty (0 bytes)")
  }

  @Test func `a folder`() throws {
    try FileManager.default.createDirectory(atPath: folder.file("dir.db"), withIntermediateDirectories: true)
    let outcome = try UsherProcess.run(["tick", "--store", folder.file("dir.db")])
    #expect(outcome.code == 1)
    #expect(outcome.stderr.contains("is a directory"), "\(outcome)")
  }

  @Test func `something that is no database`() throws {
    try folder.write(String(repeating: "Dear diary, \n", count: 400), to: "text.db")
    try expectRefused("text.db", "is not an SQLite database")
  }

  @Test func `another program's database`() throws {
    // The application id in the file's header: https://www.sqlite.org/fileformat.html, 1.3.
    try store("foreign.db") { $0.replaceSubrange(68..<72, with: [0, 0, 0x12, 0x34]) }
    try expectRefused("foreign.db", "is an SQLite database of another program (application id 0x1234")
  }

  @Test func `a newer store`() throws {
    try store("newer.db") { $0.replaceSubrange(60..<64, with: [0, 0, 0, 99]) }
    try expectRefused("newer.db", "is a store of version 99")
  }

  @Test func `a store with its pages overwritten`() throws {
    try store("corrupt.db") { bytes in
      for index in 4096..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 167) }
    }
    try expectRefused("corrupt.db", "is damaged")
  }

  @Test func `a store that was truncated`() throws {
    try store("short.db") { $0.removeLast($0.count / 2) }
    try expectRefused("short.db", "is damaged")
  }

  @Test func `a damaged page is reported as damage by the command that reads it, never as a crash`() throws {
    var random = SeededRandom(seed: 5)
    for round in 0..<6 {
      let name = "page\(round).db"
      try store("scratch.db") { _ in }
      var bytes = try folder.contents("scratch.db")
      let page = Int.random(in: 1..<bytes.count / 4096, using: &random)
      for index in page * 4096..<(page + 1) * 4096 { bytes[index] = 0xFF }
      try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name)))
      for command in Self.reading + [["tick"]] {
        let outcome = try UsherProcess.run(command + ["--store", folder.file(name)], in: folder.path)
        #expect([0, 1, 2].contains(outcome.code), "page \(page): \(outcome)")
        if command == ["report", "integrity"] { #expect(outcome.code == 1, "page \(page): \(outcome)") }
      }
      try FileManager.default.removeItem(atPath: folder.file("good.db"))
      for suffix in ["-wal", "-shm", ".lock"] {
        try? FileManager.default.removeItem(atPath: folder.file("good.db" + suffix))
      }
    }
  }

  // MARK: - Permissions

  /// How to run without permission to write everywhere; nil if that is not possible.
  private static let unprivileged: (path: String, before: [String])? = {
    if geteuid() != 0 { return (UsherProcess.program, []) }
    let change = ["--reuid=65534", "--regid=65534", "--clear-groups", UsherProcess.program]
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv"),
      let trial = try? UsherProcess(["--version"], program: ("/usr/bin/setpriv", change)).end(), trial.code == 0
    else { return nil }
    return ("/usr/bin/setpriv", change)
  }()

  private func chmod(_ mode: Int, _ name: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.file(name))
  }

  @Test(.enabled(if: unprivileged != nil, "root may write everything, and setpriv is not installed"))
  func `commands that write reject a read-only store`() throws {
    let store = try TestStore([.tenant(), .device("D1"), .sequence(), .lead(1, device: "D1")], in: folder)
    try store.usher("tick", "--no-send")
    try chmod(0o755, "")
    try chmod(0o444, "usher.db")
    for command in Self.writing {
      let process = try UsherProcess(
        command + ["--store", store.path], in: folder.path, program: try #require(Self.unprivileged))
      let outcome = try process.end()
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.output.isEmpty, "\(outcome)")
      #expect(outcome.stderr.contains("may not be written"), "\(outcome)")
    }
    try chmod(0o644, "usher.db")
    #expect(try store.usher("tick", "--format", "json").json()["sent"] == 1)
  }

  @Test(.enabled(if: unprivileged != nil, "root may write everything, and setpriv is not installed"))
  func `a store without a running process is read from a read-only folder`() throws {
    let store = try TestStore([.tenant(), .device("D1"), .sequence(), .lead(1, device: "D1")], in: folder)
    try store.usher("tick", "--no-send")
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store.path + suffix) }
    try chmod(0o444, "usher.db")
    try chmod(0o555, "")
    defer { try? chmod(0o755, "") }
    let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    for words in ["health", "report devices", "report integrity", "audit", "top --once", "policy list", "export"] {
      let process = try UsherProcess(
        words.split(separator: " ").map(String.init) + ["--store", store.path], in: folder.path,
        program: try #require(Self.unprivileged))
      let outcome = try process.end()
      #expect(!outcome.stderr.contains("readonly") && !outcome.output.isEmpty, "\(words): \(outcome)")
      #expect(outcome.code == 0 || words == "health", "\(words): \(outcome)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
  }

  @Test func `health leaves no files next to a store without a running process, whatever its name`() throws {
    for name in ["usher.db", "50% off?.db", "a#b c.db", "ü.db"] {
      _ = try UsherProcess.run(["init", "--store", folder.file(name)])
      let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      let outcome = try UsherProcess.run(["health", "--store", folder.file(name)])
      #expect(!outcome.output.isEmpty && !outcome.text.contains("cannot"), "\(outcome)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
    }
  }
}

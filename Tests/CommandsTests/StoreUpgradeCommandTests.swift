import Foundation
import Testing
import Wire

/// A store of an earlier version, upgraded by the program: killed in the middle, on a full disk, and gone back from.
struct StoreUpgradeCommandTests {
  private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../ReplayTests/Fixtures/recorded-v3.db").standardized.path

  private let folder: TemporaryFolder
  private var store: TestStore { TestStore(existing: "usher.db", in: folder) }

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Self.fixture, toPath: folder.file("usher.db"))
  }

  private var copies: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains(".before-") }.sorted()
    }
  }

  @Test func `the upgrade says where the copy is, and the copy is listed, kept and deleted with a reason`() throws {
    let outcome = try store.usher("store", "upgrade")
    #expect(outcome.talk.contains("was of version 3") && outcome.talk.contains("usher.db.before-3"), "\(outcome)")
    let listed = try store.usher("store", "forget-backup", "--format", "json").json()
    #expect(listed.items.count == 1 && listed[0]["version"] == 3 && (listed[0]["bytes"].whole ?? 0) > 4096)
    #expect(try copies == ["usher.db.before-3"])
    try store.usher("store", "forget-backup", "--yes", expecting: 64)
    try store.usher("store", "forget-backup", "--yes", "--reason", " ", expecting: 64)
    #expect(try copies == ["usher.db.before-3"])
    let deleted = try store.usher("store", "forget-backup", "--yes", "--reason", "it works", "--as", "ann")
    #expect(deleted.talk.contains("deleted"), "\(deleted)")
    #expect(try copies == [])
    let audit = try #require(try store.usher("audit", "--format", "json").json().items.first)
    #expect(audit["action"] == "forget-backup" && audit["reason"] == "it works" && audit["actor"] == "ann", "\(audit)")
    #expect(try store.usher("store", "forget-backup").talk.contains("has no copy"))
  }

  @Test func `a copy of more than 30 days goes with the next command that writes, which says so`() throws {
    try store.usher("store", "upgrade")
    var times = [timeval(tv_sec: 1_600_000_000, tv_usec: 0), timeval(tv_sec: 1_600_000_000, tv_usec: 0)]
    #expect(utimes(folder.file("usher.db.before-3"), &times) == 0)
    try store.usher("report", "integrity")
    #expect(try copies.count == 1, "who only reads deletes nothing")
    let outcome = try store.usher("import", "-", input: [])
    #expect(outcome.talk.contains("deleted") && outcome.talk.contains("usher.db.before-3"), "\(outcome)")
    #expect(try copies == [])
  }

  @Test func `going back is to put the copy in the store's place`() throws {
    try store.usher("store", "upgrade")
    try store.usher("import", "-", input: Array(#"{"type":"tenant","id":"new","policy":"fallback"}"#.utf8))
    for name in ["usher.db", "usher.db-wal", "usher.db-shm"] { unlink(folder.file(name)) }
    try FileManager.default.copyItem(atPath: folder.file("usher.db.before-3"), toPath: folder.file("usher.db"))
    chmod(folder.file("usher.db"), 0o600)
    try store.usher("store", "upgrade")
    #expect(try store.export().rows("tenant").allSatisfy { $0["id"] != "new" })
    #expect(try copies == ["usher.db.before-3"], "the same content is not copied twice")
    try store.expectSound()
  }

  @Test func `a kill at any moment leaves a store that opens, and one whole copy at the end`() throws {
    for round in 0..<12 {
      let process = try UsherProcess(["store", "upgrade", "--store", folder.file("usher.db")])
      // Each round is killed a little later; the last ones may be done.
      for _ in 0..<(round * 4) where process.isRunning { usleep(1_000) }
      if round.isMultiple(of: 3) {
        try eventually("a copy was begun") { try !copies.isEmpty || !process.isRunning }
      }
      process.signal(SIGKILL)
      _ = try process.end()
    }
    try store.usher("store", "upgrade")
    let left = try copies
    #expect(left.contains("usher.db.before-3") && !left.contains { $0.contains("partial") }, "\(left)")
    // Each step is a transaction: a kill between two leaves the version in between, which is copied as well.
    #expect(Set(left).isSubset(of: ["usher.db.before-3", "usher.db.before-4"]), "\(left)")
    try store.expectSound()
    try FileManager.default.copyItem(atPath: folder.file("usher.db.before-3"), toPath: folder.file("back.db"))
    chmod(folder.file("back.db"), 0o600)
    try UsherProcess.run(["store", "upgrade", "--store", folder.file("back.db")]).expectCode(0)
  }

  @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
  func `on a full disk nothing is left over and the message says what to do`() throws {
    let disk = try SmallDisk(kilobytes: 2048, in: folder)
    let place = disk.path + "/usher.db"
    try FileManager.default.copyItem(atPath: Self.fixture, toPath: place)
    try disk.fill(leaving: 200)
    let upgrade = try UsherProcess.run(["store", "upgrade", "--store", place])
    #expect(upgrade.code == 1 && upgrade.talk.contains("must be copied") && upgrade.talk.contains("free"), "\(upgrade)")
    #expect(try disk.names == ["filler", "usher.db"])
    try store.usher("store", "upgrade")
    let page = try UsherProcess.run([
      "export", "--store", folder.file("usher.db"),
    ])
    #expect(page.output.count > 200_000)
    let sent = try UsherProcess(
      ["-c", "exec \"$0\" \"$@\" > \(disk.path)/all.jsonl", UsherProcess.program, "export", "--store", store.path],
      program: ("/bin/sh", [])
    ).end()
    #expect(sent.code == 1 && sent.talk.contains("the disk is full"), "\(sent)")
    unlink(disk.path + "/all.jsonl")
    try disk.fill(leaving: 0)
    for arguments in [
      [
        "simulate", "--hours", "1", "--at", "2026-11-25T09:00:00Z", "--out", disk.path + "/page.html", "--store",
        store.path,
      ],
      ["init", "--sample", "--store", disk.path + "/new.db"],
    ] {
      let outcome = try UsherProcess.run(arguments)
      #expect(outcome.code == 1 && outcome.talk.contains("is full"), "\(outcome)")
      #expect(try disk.names == ["filler", "usher.db"])
    }
    unlink(disk.path + "/filler")
    let later = try UsherProcess.run(["store", "upgrade", "--store", place])
    #expect(later.code == 0 && later.talk.contains("was of version 3"), "\(later)")
  }
}

/// A small disk of its own, which goes with the test.
final class SmallDisk {
  let path: String

  static let isPossible: Bool = {
    guard getuid() == 0, let folder = try? TemporaryFolder() else { return false }
    return (try? SmallDisk(kilobytes: 64, in: folder)) != nil
  }()

  init(kilobytes: Int, in folder: TemporaryFolder) throws {
    path = folder.file("disk")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Self.run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path])
  }

  deinit { try? Self.run("/bin/umount", ["-l", path]) }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  /// Uses up the space.
  func fill(leaving kilobytes: Int) throws {
    let file = path + "/filler"
    unlink(file)
    let descriptor = open(file, O_WRONLY | O_CREAT, 0o600)
    defer { close(descriptor) }
    let piece = [UInt8](repeating: 1, count: 4096)
    while write(descriptor, piece, piece.count) == piece.count {}
    var status = stat()
    fstat(descriptor, &status)
    ftruncate(descriptor, max(status.st_size - off_t(kilobytes * 1024), 0))
  }

  private static func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
  }
}

extension UsherProcess.Outcome {
  fileprivate func expectCode(_ code: Int32) { #expect(self.code == code, "\(self)") }
}

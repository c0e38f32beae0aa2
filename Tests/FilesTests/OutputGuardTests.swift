import Foundation
import Testing

@testable import Files

/// An output never replaces a store or one of its files, by whatever name.
struct OutputGuardTests {
  private let folder: FilesFolder

  init() throws { folder = try FilesFolder() }

  /// Why `path` is rejected, with and without knowing the store; nil when it is accepted.
  private func refusal(_ path: String, for use: OutputUse = .report, knows: Bool = true) -> String? {
    do throws(FileProblem) {
      try OutputGuard(stores: knows ? [folder.store] : []).check(path, for: use)
      return nil
    } catch { return error.description }
  }

  @Test(arguments: [true, false])
  func `the store is rejected under every name that leads to it`(knows: Bool) throws {
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder.file("link.html"), withDestinationPath: "usher.db")
    try files.createSymbolicLink(atPath: folder.file("link2.html"), withDestinationPath: folder.file("link.html"))
    try files.linkItem(atPath: folder.store, toPath: folder.file("hard.html"))
    try files.createSymbolicLink(atPath: folder.file("here"), withDestinationPath: ".")
    for name in ["usher.db", "./usher.db", "/usher.db", "here/usher.db", "link.html", "link2.html", "hard.html"] {
      let found = refusal(folder.file(name), knows: knows)
      #expect(found?.contains("expected a file that may be written") == true, "\(name): \(found ?? "allowed")")
    }
  }

  @Test(arguments: [
    "usher.db-wal", "usher.db-shm", "usher.db-journal", "usher.db.lock", "usher.db.hold", "usher.db.sent.jsonl",
    "usher.db.before-5", "usher.db.before-5-2", "usher.db.decisions-2026.db", "usher.db.decisions-2026.db-wal",
  ])
  func `a file of a store is rejected, whether or not it exists`(name: String) throws {
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: name)
    for knows in [true, false] {
      for path in [name, "link"] {
        #expect(refusal(folder.file(path), knows: knows)?.contains("a file of the store") == true, "\(path)")
      }
    }
    try folder.write("something", to: name)
    for knows in [true, false] {
      for path in [name, "link"] {
        #expect(refusal(folder.file(path), knows: knows)?.contains("a file of the store") == true, "\(path)")
      }
    }
  }

  @Test func `a hard link to a file of the command's store is rejected`() throws {
    try folder.write("7\n", to: "usher.db.lock")
    try FileManager.default.linkItem(atPath: folder.file("usher.db.lock"), toPath: folder.file("page.html"))
    #expect(refusal(folder.file("page.html"))?.contains("a file of the store") == true)
  }

  @Test func `the same names are allowed where there is no store`() throws {
    for name in ["report.db-wal", "build.lock", "all.sent.jsonl", "page.before-1", "x.decisions-y"] {
      #expect(refusal(folder.file(name)) == nil, "\(name)")
      try folder.write("no store", to: String(name.prefix { $0.isLetter }))
      #expect(refusal(folder.file(name)) == nil, "\(name)")
    }
    for name in ["-wal", ".lock", ".before-1"] { #expect(refusal(folder.file(name)) == nil, "\(name)") }
  }

  @Test func `other databases, archives and database logs are rejected in any folder`() throws {
    try folder.write(FilesFolder.database, to: "other.html")
    try Data([0x37, 0x7f, 0x06, 0x82] + [UInt8](repeating: 0, count: 28)).write(
      to: URL(fileURLWithPath: folder.file("log.html")))
    for use in [OutputUse.report, .lua, .sentFile] {
      #expect(refusal(folder.file("other.html"), for: use)?.contains("an SQLite database") == true)
      #expect(refusal(folder.file("log.html"), for: use)?.contains("the log of an SQLite database") == true)
    }
  }

  @Test func `each use may write only the store file that is made for it`() throws {
    #expect(refusal(folder.file("usher.db.sent.jsonl"), for: .sentFile) == nil)
    #expect(refusal(folder.file("usher.db.sent.jsonl"), for: .sentFile, knows: false) != nil)
    #expect(refusal(folder.file("usher.db.decisions-1.db"), for: .archive) == nil)
    for use in [OutputUse.sentFile, .archive, .store, .lua] {
      #expect(refusal(folder.file("usher.db-wal"), for: use) != nil, "\(use)")
      #expect(refusal(folder.file("usher.db.before-4"), for: use) != nil, "\(use)")
    }
    #expect(refusal(folder.file("usher.db.sent.jsonl"), for: .archive) != nil)
    #expect(refusal(folder.file("usher.db.decisions-1.db"), for: .sentFile) != nil)
  }

  @Test func `two names of one file are detected, except for devices`() throws {
    try folder.write("x", to: "page")
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "page")
    try FileManager.default.createSymbolicLink(atPath: folder.file("ahead"), withDestinationPath: "later")
    try FileManager.default.linkItem(atPath: folder.file("page"), toPath: folder.file("hard"))
    for (first, second, isSame) in [
      ("page", "page", true), ("page", "./page", true), ("page", "link", true), ("page", "hard", true),
      ("later", "ahead", true), ("later", "later", true), ("page", "later", false), ("later", "never", false),
    ] {
      #expect(OutputGuard.isSameFile(folder.file(first), folder.file(second)) == isSame, "\(first) \(second)")
    }
    #expect(!OutputGuard.isSameFile("/dev/null", "/dev/null"))
  }

  @Test func `output that is not Lua is never written to a Lua file`() throws {
    for use in [OutputUse.report, .sentFile, .archive, .store] {
      #expect(refusal(folder.file("fallback.lua"), for: use)?.contains("Lua") == true, "\(use)")
    }
    #expect(refusal(folder.file("fallback_test.lua"), for: .lua) == nil)
  }

  @Test func `a directory, a missing folder and a cycle of links have different messages`() throws {
    let files = FileManager.default
    try files.createDirectory(atPath: folder.file("dir"), withIntermediateDirectories: false)
    for (link, to) in [("a", "b"), ("b", "a"), ("to-dir", "dir")] {
      try files.createSymbolicLink(atPath: folder.file(link), withDestinationPath: to)
    }
    for name in ["dir", "dir/", "to-dir", ".", "dir/.."] {
      #expect(refusal(folder.file(name))?.contains("found the directory") == true, "\(name)")
    }
    #expect(refusal(folder.file("none/page.html"))?.contains("its folder does not exist") == true)
    #expect(refusal(folder.file("a"))?.contains("cannot be written") == true)
  }

  @Test func `devices and pipes are accepted`() throws {
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    for path in ["/dev/null", "/dev/full", "/dev/stderr", folder.file("pipe")] {
      #expect(refusal(path) == nil, "\(path)")
    }
  }

  @Test func `an open file is judged by its identity, not its name`() throws {
    let store = open(folder.store, O_RDONLY)
    defer { close(store) }
    #expect(refusal("/dev/fd/\(store)", knows: false)?.contains("an SQLite database") == true)
    #expect(refusal("/proc/self/fd/\(store)")?.contains("the store") == true)
  }
}

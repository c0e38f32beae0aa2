import Foundation
import Testing

@testable import Files

/// A file is either complete or unchanged, and is replaced only if that does no damage.
struct OutputFileTests {
  private let folder: FilesFolder

  init() throws { folder = try FilesFolder() }

  private func output(_ name: String, mode: FileMode = .personal(store: nil)) throws -> OutputFile {
    try OutputFile(folder.file(name), for: .report, mode: mode, stores: [folder.store])
  }

  private func write(_ text: String, to name: String, mode: FileMode = .personal(store: nil)) throws {
    let file = try output(name, mode: mode)
    try file.write(Array(text.utf8))
    try file.finish()
  }

  @Test func `new and replaced files have the complete content, and no temporary file remains`() throws {
    try write("first", to: "page.html")
    #expect(folder.text("page.html") == "first")
    try write("second", to: "page.html")
    #expect(folder.text("page.html") == "second")
    #expect(folder.names == ["page.html", "usher.db"])
  }

  @Test func `an unfinished file changes nothing and leaves nothing`() throws {
    try folder.write("as it was", to: "page.html")
    do {
      let file = try output("page.html")
      try file.write(Array("half".utf8))
      #expect(folder.text("page.html") == "as it was")
    }
    #expect(folder.text("page.html") == "as it was")
    #expect(folder.names == ["page.html", "usher.db"])
  }

  @Test func `a link stays a link, and its target is replaced or created`() throws {
    try folder.write("old", to: "real.html")
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder.file("link.html"), withDestinationPath: "real.html")
    try files.createSymbolicLink(atPath: folder.file("ahead.html"), withDestinationPath: "later.html")
    try write("new", to: "link.html")
    try write("made", to: "ahead.html")
    #expect(folder.text("real.html") == "new")
    #expect(folder.text("later.html") == "made")
    #expect(Path.destination(of: folder.file("link.html")) == "real.html")
    #expect(Path.destination(of: folder.file("ahead.html")) == "later.html")
  }

  @Test func `a store that appears at the path meanwhile is not replaced`() throws {
    let file = try output("page.html")
    try file.write(Array("report".utf8))
    try folder.write(FilesFolder.database, to: "page.html")
    #expect(throws: FileProblem.self) { try file.finish() }
    #expect(folder.text("page.html") == FilesFolder.database)
    #expect(folder.names == ["page.html", "usher.db"])
  }

  @Test(arguments: ["usher.db", "other.db", "usher.db.lock", "usher.db-wal"])
  func `a file of a store that appears at the path at the last moment is put back`(name: String) throws {
    try folder.write(FilesFolder.database, to: "other.db")
    for companion in ["usher.db.lock", "usher.db-wal"] { try folder.write("its content", to: companion) }
    try folder.write("as it was", to: "page.html")
    let content = folder.text(name)
    let file = try output("page.html")
    try file.write(Array("report".utf8))
    var names = folder.names
    file.beforePlacing = { [folder] in
      #expect(FileExchange.run(folder.file(name), folder.file("page.html")) == 0)
      names = folder.names
    }
    #expect(throws: FileProblem.self) { try file.finish() }
    #expect(folder.text("page.html") == content)
    #expect(folder.text(name) == "as it was")
    #expect(folder.names == names.filter { !$0.hasSuffix(".part") })
  }

  @Test func `a directory, a link or a pipe that appears at the path at the last moment is put back`() throws {
    for make in [
      { mkdir($0, 0o700) == 0 }, { mkfifo($0, 0o600) == 0 }, { symlink("usher.db", $0) == 0 },
    ] as [(String) -> Bool] {
      try folder.write("as it was", to: "page.html")
      let file = try output("page.html")
      try file.write(Array("report".utf8))
      let path = folder.file("page.html")
      file.beforePlacing = {
        unlink(path)
        #expect(make(path))
      }
      #expect(throws: FileProblem.self) { try file.finish() }
      let status = FileStatus(path, followsLinks: false)
      #expect(status?.isRegular == false && folder.names == ["page.html", "usher.db"])
      try FileManager.default.removeItem(atPath: path)
    }
    #expect(folder.text("usher.db") == FilesFolder.database)
  }

  @Test func `a path that becomes free at the last moment is used`() throws {
    try folder.write("as it was", to: "page.html")
    let file = try output("page.html")
    try file.write(Array("report".utf8))
    file.beforePlacing = { [folder] in _ = unlink(folder.file("page.html")) }
    try file.finish()
    #expect(folder.text("page.html") == "report" && folder.names == ["page.html", "usher.db"])
  }

  @Test func `pipes and devices are written directly and are not replaced`() throws {
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    let reader = open(folder.file("pipe"), O_RDWR | O_NONBLOCK)
    defer { close(reader) }
    try write("through", to: "pipe")
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = read(reader, &bytes, bytes.count)
    #expect(String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self) == "through")
    try FileManager.default.createSymbolicLink(atPath: folder.file("null"), withDestinationPath: "/dev/null")
    try write("nowhere", to: "null")
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    #expect(Path.destination(of: folder.file("null")) == "/dev/null")
  }

  @Test func `a full disk is reported as full`() throws {
    let file = try OutputFile("/dev/full", for: .report, mode: .ordinary, stores: [])
    let problem = #expect(throws: FileProblem.self) { try file.write([1, 2, 3]) }
    #expect(problem?.description.contains("the disk is full; free some space") == true)
    for code in [ENOSPC, EDQUOT, EACCES, EROFS, ENOENT, EIO] {
      let text = FileProblem("x cannot be written", path: "x", code: code).description
      #expect(text.hasPrefix("x cannot be written: ") && text.contains("; "), "\(text)")
    }
  }

  @Test func `a personal file is readable by the owner, and by the group if the store is`() throws {
    try folder.write("old", to: "page.html")
    chmod(folder.file("page.html"), 0o666)
    try write("new", to: "page.html")
    #expect(folder.mode("page.html") == 0o600)
    for (store, page) in [(0o600, 0o600), (0o640, 0o640), (0o660, 0o640), (0o644, 0o640)] as [(mode_t, mode_t)] {
      chmod(folder.store, store)
      try write("new", to: "page.html", mode: .personal(store: folder.store))
      #expect(folder.mode("page.html") == page, "\(store)")
    }
  }

  @Test func `an ordinary file that is replaced keeps its mode`() throws {
    try folder.write("old", to: "fallback.txt")
    for mode in [0o640, 0o600, 0o755] as [mode_t] {
      chmod(folder.file("fallback.txt"), mode)
      try write("new", to: "fallback.txt", mode: .ordinary)
      #expect(folder.mode("fallback.txt") == mode)
    }
  }
}

import Foundation
import Testing
import Wire

/// No option that names a file to write can harm a store, whatever it is called and whatever runs on it.
struct OutputSafetyTests {
  /// Every option and argument that names a file or a folder, by its command, and what it does with it. The tests below
  /// try each that writes; `each option that names a file is known here` fails for a new one.
  private static let writing: [String: [String]] = [
    "serve --sent": ["serve", "--sent"],
    "tick --sent": ["tick", "--now", "2026-11-22T10:00:00Z", "--sent"],
    "test --lcov": ["test", "Rules", "--lcov"],
    "test --coverage-html": ["test", "Rules", "--coverage-html"],
    "test --out": ["test", "--from-decision", "1", "--out"],
    "dry-run --out": ["dry-run", "--policy", "reassign", "--out"],
    "dry-run --save": ["dry-run", "--policy", "reassign", "--save"],
    "simulate --out": ["simulate", "--hours", "1", "--out"],
    "store prune --archive": ["store", "prune", "--keep", "1d", "--now", "2027-11-22T09:00:00Z", "--archive"],
  ]
  /// These have tests of their own.
  private static let writingElsewhere: Set<String> = ["check files", "manual --to"]
  private static let reading: Set<String> = [
    "test paths", "decide --policy", "decide --guard", "decide --input", "dry-run --policy", "dry-run --against",
    "simulate --policy", "simulate --against", "simulate --scenario", "replay --policy", "policy activate --policy",
    "policy activate --plan", "explain --policy", "import file",
  ]

  private let store: TestStore
  private var folder: TemporaryFolder { store.folder }

  init() throws {
    store = try TestStore([
      .tenant(), .device("D1"), .device("D2"), .sequence(delays: [0, 60]), .lead(1, device: "D1"),
      .lead(2, device: "D2"),
    ])
    for time in [Moment.nine, Moment.ten] { try store.usher("tick", "--now", time) }
    try folder.write("return { select = function(contact, fleet) return wait('r', 60) end }", to: "Rules/p.lua")
    try folder.write(
      "return { policy = 'p', cases = { { contact = { id = 'c' }, expect = { outcome = 'wait' } } } }",
      to: "Rules/p_test.lua")
    try UsherProcess.run(["init", "--store", folder.file("other.db")]).expectFine()
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder.file("link.html"), withDestinationPath: "usher.db")
    try files.createSymbolicLink(atPath: folder.file("ahead.html"), withDestinationPath: "other.db-wal")
    try files.linkItem(atPath: store.path, toPath: folder.file("hard.html"))
    try files.createSymbolicLink(atPath: folder.file("here"), withDestinationPath: folder.path)
  }

  /// What must not change: each file's identity and content.
  private func state(_ names: [String]) throws -> [String: String] {
    var found: [String: String] = [:]
    for name in names {
      var status = stat()
      guard lstat(folder.file(name), &status) == 0 else { continue }
      let content = status.st_mode & S_IFMT == S_IFREG ? try folder.contents(name) : []
      found[name] = "\(status.st_ino) \(content.hashValue)"
    }
    return found
  }

  private func identity(_ state: [String: String]) -> [String: String] {
    state.mapValues { String($0.prefix { $0 != " " }) }
  }

  private static let names = [
    "usher.db", "./usher.db", ".//usher.db", "here/usher.db", "link.html", "hard.html", "usher.db-wal", "usher.db-shm",
    "usher.db-journal", "usher.db.lock", "usher.db.hold", "usher.db.before-5", "other.db", "other.db-wal", "ahead.html",
  ]

  private func expectRefused(_ command: [String], _ path: String) throws {
    let outcome = try UsherProcess.run(command + [path, "--store", store.path], in: folder.path)
    #expect(outcome.code == 1, "\(path): \(outcome)")
    #expect(outcome.talk.contains("nothing was written") || command.contains("prune"), "\(path): \(outcome)")
  }

  @Test(arguments: writing.keys.sorted())
  func `an option that writes a file refuses stores and their files`(option: String) throws {
    let command = try #require(Self.writing[option])
    let everything = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let before = try state(everything)
    for name in Self.names { try expectRefused(command, name) }
    try expectRefused(command, store.path)
    if option != "test --out" { try expectRefused(command, "Rules/p.lua") }
    #expect(try state(["other.db"]) == before.filter { $0.key == "other.db" })
    // Commands that run on the store write to it; it is the same file all the same.
    #expect(try identity(state(["usher.db"])) == identity(before.filter { $0.key == "usher.db" }))
    let now = try Set(FileManager.default.contentsOfDirectory(atPath: folder.path))
    // The commands that run on the store leave its lock; a store that was named as an archive was read.
    #expect(now.subtracting(everything).subtracting(["usher.db.lock", "other.db-wal", "other.db-shm"]) == [])
    try store.expectSound()
  }

  @Test func `the same under a running daemon, which goes on`() throws {
    let daemon = try store.serve()
    try daemon.says(" started ")
    let files = ["usher.db", "usher.db-wal", "usher.db-shm", "usher.db.lock"]
    let before = try identity(state(files))
    #expect(before.count == 4)
    for (option, command) in Self.writing.sorted(by: { $0.key < $1.key }) where !option.hasSuffix("--sent") {
      for name in ["usher.db", "link.html", "hard.html", "usher.db-wal", "usher.db.lock", "usher.db.sent.jsonl"] {
        try expectRefused(command, name)
      }
    }
    #expect(try identity(state(files)) == before)
    #expect(daemon.isRunning)
    daemon.signal(SIGTERM)
    #expect(try daemon.end().code == 0)
    try store.expectSound()
  }

  @Test func `each option that names a file is known here`() throws {
    let dump = try UsherProcess.run(["--experimental-dump-help"]).json()
    var found: Set<String> = []
    func visit(_ command: JSONValue, _ path: [String]) {
      for argument in command["arguments"].items {
        let kind = argument["completionKind"]
        let value = argument["valueName"].text ?? ""
        let isFile = ["file", "directory"].contains { kind[$0] != .null }
        guard isFile || ["file", "files", "path", "paths", "dir", "folder", "plan", "archive"].contains(value) else {
          continue
        }
        let name = argument["names"].items.first.flatMap { $0["name"].text }.map { "--" + $0 } ?? value
        // Opened as stores and read as policies alone.
        if ["--store", "--rules"].contains(name) { continue }
        found.insert((path + [name]).joined(separator: " "))
      }
      for below in command["subcommands"].items { visit(below, path + [below["commandName"].text ?? "?"]) }
    }
    visit(dump["command"], [])
    let known = Set(Self.writing.keys).union(Self.writingElsewhere).union(Self.reading)
    #expect(found.subtracting(known) == [], "new: say whether it writes, and have it go through OutputPath")
    #expect(known.subtracting(found) == [], "gone")
  }

  @Test func `manual pages and fixes do not go through a link into a store`() throws {
    let files = FileManager.default
    try files.createDirectory(atPath: folder.file("man/man1"), withIntermediateDirectories: true)
    try files.createSymbolicLink(atPath: folder.file("man/man1/usher.1"), withDestinationPath: store.path)
    let before = try state(["usher.db"])
    let manual = try UsherProcess.run(["manual", "--to", folder.file("man")])
    #expect(manual.code == 1 && manual.talk.contains("nothing was written"), "\(manual)")
    try files.createSymbolicLink(atPath: folder.file("fix.lua"), withDestinationPath: store.path)
    let fix = try UsherProcess.run(["check", "--fix", folder.file("fix.lua")])
    #expect(fix.code == 1, "\(fix)")
    #expect(try state(["usher.db"]) == before)
  }

  @Test func `a new store is not made where another one has a file`() throws {
    for name in ["usher.db-journal", "usher.db.hold", "usher.db.before-4", "other.db.sent.jsonl"] {
      let outcome = try UsherProcess.run(["init", "--store", folder.file(name)])
      #expect(outcome.code == 1 && outcome.talk.contains("a file of the store"), "\(outcome)")
      #expect(!folder.exists(name))
    }
  }

  @Test func `devices are written through and a link to a file stays one`() throws {
    let page = try store.usher("simulate", "--hours", "1", "--out", "/dev/stdout")
    #expect(!page.output.isEmpty)
    try store.usher("simulate", "--hours", "1", "--out", "/dev/null")
    var status = stat()
    #expect(lstat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    try FileManager.default.createSymbolicLink(atPath: folder.file("latest"), withDestinationPath: "page.txt")
    try store.usher("simulate", "--hours", "1", "--out", folder.file("latest"))
    #expect(folder.exists("page.txt"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("latest")) == "page.txt")
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    try store.usher("tick", "--now", "2026-11-22T10:00:00Z", "--sent", "/dev/null")
  }

  @Test(arguments: ["export", "report devices", "simulate --hours 1 --out /dev/full", "policy list"])
  func `a full disk is said to be full, also behind standard output`(words: String) throws {
    let arguments = words.split(separator: " ").map(String.init) + ["--store", store.path]
    let process = try UsherProcess(
      ["-c", "exec \"$0\" \"$@\" > /dev/full", UsherProcess.program] + arguments, in: folder.path,
      program: ("/bin/sh", []))
    let outcome = try process.end()
    #expect(outcome.code == 1 && outcome.talk.contains("the disk is full; free some space"), "\(outcome)")
  }
}

extension UsherProcess.Outcome {
  fileprivate func expectFine() { #expect(code == 0, "\(self)") }
}

import Files
import Foundation
import RoutingTestKit
import Testing
import Wire

@testable import Commands

/// No option that names an output file can damage a store, whatever the name and whatever runs on the store.
struct OutputSafetyTests {
  /// These have their own tests.
  private static let writingElsewhere: Set<String> = ["check files", "manual --to", "bench history --keep"]
  private static let reading: Set<String> = [
    "test paths", "decide --policy", "decide --guard", "decide --input", "dry-run --policy", "dry-run --against",
    "simulate --policy", "simulate --against", "simulate --scenario", "replay --policy", "policy activate --policy",
    "policy activate --plan", "explain --policy", "import file",
  ]

  private let targets: OutputTargets
  private var store: TestStore { targets.store }
  private var folder: TestFolder { store.folder }

  init() throws { targets = try OutputTargets() }

  @Test(arguments: [OutputUse.report, .lua, .sentFile])
  func `every name that leads to a store or to one of its files is rejected`(use: OutputUse) throws {
    let before = try targets.state(OutputTargets.names)
    for name in OutputTargets.names {
      let output = try #require(OutputPath(argument: folder.file(name)))
      #expect(throws: (any Error).self, "\(name)") { try output.check(for: use, store: store.path) }
    }
    #expect(try targets.state(OutputTargets.names) == before)
  }

  @Test func `each option that writes a file rejects the store, and the store is unchanged`() throws {
    let before = try targets.identity(targets.state(["usher.db", "other.db"]))
    for (_, command) in OutputTargets.writing.sorted(by: { $0.key < $1.key }) {
      try targets.expectRefused(command, "link.html")
    }
    #expect(try targets.identity(targets.state(["usher.db", "other.db"])) == before)
    try store.expectSound()
  }

  @Test func `each option that names a file is listed here`() throws {
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
        // Only opened as stores and read as policies.
        if ["--store", "--rules"].contains(name) { continue }
        found.insert((path + [name]).joined(separator: " "))
      }
      for below in command["subcommands"].items { visit(below, path + [below["commandName"].text ?? "?"]) }
    }
    visit(dump["command"], [])
    let known = Set(OutputTargets.writing.keys).union(Self.writingElsewhere).union(Self.reading)
    #expect(found.subtracting(known) == [], "new options: list whether they write, and use OutputPath")
    #expect(known.subtracting(found) == [], "gone")
  }

  @Test(arguments: [
    "dry-run --policy reassign --out FILE --save FILE", "test Rules --lcov FILE --coverage-html ./FILE",
  ])
  func `two options that name the same file are rejected`(words: String) throws {
    let arguments = words.split(separator: " ").map { $0.replacingOccurrences(of: "FILE", with: "both") }
    let outcome = try UsherProcess.run(arguments + ["--store", store.path], in: folder.path)
    #expect(outcome.code == 64 && outcome.stderr.contains("expected two different files"), "\(outcome)")
    #expect(!folder.exists("both"))
  }

  @Test func `manual pages and fixes are not written through a link into a store`() throws {
    let files = FileManager.default
    try files.createDirectory(atPath: folder.file("man/man1"), withIntermediateDirectories: true)
    try files.createSymbolicLink(atPath: folder.file("man/man1/usher.1"), withDestinationPath: store.path)
    let before = try targets.state(["usher.db"])
    let manual = try UsherProcess.run(["manual", "--to", folder.file("man")])
    #expect(manual.code == 1 && manual.stderr.contains("nothing was written"), "\(manual)")
    try files.createSymbolicLink(atPath: folder.file("fix.lua"), withDestinationPath: store.path)
    let fix = try UsherProcess.run(["check", "--fix", folder.file("fix.lua")])
    #expect(fix.code == 1, "\(fix)")
    #expect(try targets.state(["usher.db"]) == before)
  }

  @Test func `a store to keep is not made in place of another one, and an existing one is only read`() throws {
    let before = try targets.state(["usher.db", "other.db"])
    let arguments = ["bench", "history", "--messages", "20", "--contacts", "5", "--rounds", "1", "--keep"]
    let store = try UsherProcess.run(arguments + [store.path])
    #expect(store.code == 1 && store.stderr.contains("expected a store with 20 sent messages"), "\(store)")
    let journal = try UsherProcess.run(arguments + [folder.file("usher.db-journal")])
    #expect(journal.code == 1 && !folder.exists("usher.db-journal"), "\(journal)")
    #expect(try targets.state(["usher.db", "other.db"]) == before)
  }

  @Test func `a new store is not created in place of another store's file`() throws {
    for name in ["usher.db-journal", "usher.db.hold", "usher.db.before-4", "other.db.sent.jsonl"] {
      let outcome = try UsherProcess.run(["init", "--store", folder.file(name)])
      #expect(outcome.code == 1 && outcome.stderr.contains("a file of the store"), "\(outcome)")
      #expect(!folder.exists(name))
    }
  }

  @Test func `a new store reports leftovers of an earlier one, and a hold that it takes over`() throws {
    for name in ["new.db.hold", "new.db.lock", "new.db.sent.jsonl"] { try folder.write("", to: name) }
    let outcome = try UsherProcess.run(["init", "--store", folder.file("new.db")])
    #expect(outcome.code == 0 && outcome.stderr.contains("new.db.hold puts the new store on hold"), "\(outcome)")
    for name in ["new.db.lock", "new.db.sent.jsonl"] { #expect(outcome.stderr.contains(name), "\(outcome)") }
  }

  @Test func `devices are written directly and a link to a file stays a link`() throws {
    let page = try store.usher("simulate", "--hours", "1", "--out", "/dev/stdout")
    #expect(!page.output.isEmpty)
    try store.usher("simulate", "--hours", "1", "--out", "/dev/null")
    var status = stat()
    #expect(lstat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    try FileManager.default.createSymbolicLink(atPath: folder.file("latest"), withDestinationPath: "page.txt")
    try store.usher("simulate", "--hours", "1", "--out", folder.file("latest"))
    #expect(folder.exists("page.txt"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("latest")) == "page.txt")
    // No process runs on a store that has two names.
    #expect(unlink(folder.file("hard.html")) == 0)
    try store.usher("tick", "--now", "2026-11-22T10:00:00Z", "--sent", "/dev/null")
  }

  @Test(arguments: ["export", "report devices", "simulate --hours 1 --out /dev/full", "policy list"])
  func `a full disk is reported as full, also for standard output`(words: String) throws {
    let arguments = words.split(separator: " ").map(String.init) + ["--store", store.path]
    let process = try UsherProcess(
      ["-c", "exec \"$0\" \"$@\" > /dev/full", UsherProcess.program] + arguments, in: folder.path,
      program: ("/bin/sh", []))
    let outcome = try process.end()
    #expect(outcome.code == 1 && outcome.stderr.contains("the disk is full; free some space"), "\(outcome)")
  }
}

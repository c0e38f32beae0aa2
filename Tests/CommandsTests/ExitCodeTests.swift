import Foundation
import RoutingTestKit
import Testing
import Wire

@testable import Commands

/// 0 success, 1 a problem, 2 a dry run found differences, 64 wrong usage; data on standard output, messages on standard
/// error.
struct ExitCodeTests {
  /// The words of every command that does something, as listed by the program itself.
  static let commands: [[String]] = {
    func leaves(_ command: JSONValue, _ words: [String]) -> [[String]] {
      let children = command["subcommands"].items.filter { $0["commandName"].text != "help" }
      if children.isEmpty { return [words] }
      return children.flatMap { leaves($0, words + [$0["commandName"].text!]) }
    }
    guard let dump = try? UsherProcess.run(["--experimental-dump-help"]).json() else { return [] }
    return leaves(dump["command"], [])
  }()

  @Test func `the program prints its version`() throws {
    let outcome = try UsherProcess.run(["--version"])
    #expect(outcome.code == 0)
    #expect(outcome.text.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil, "\(outcome)")
    #expect(outcome.stderr.isEmpty)
  }

  @Test func `the commands are those of the contract`() throws {
    let names = Set(Self.commands.map { $0[0] })
    let expected: Set = [
      "init", "serve", "tick", "check", "test", "decide", "dry-run", "report", "policy", "device", "contact", "import",
      "export", "demo",
    ]
    #expect(expected.subtracting(names).isEmpty)
  }

  @Test(arguments: [
    ["frobnicate"], ["tick", "--now", "yesterday"], ["tick", "--format", "xml"], ["serve", "--every", "0"],
    ["serve", "--every", "nan"], ["serve", "--every", "inf"], ["serve", "--every", "-1"], ["decide"],
    ["decide", "--policy", "fallback"], ["dry-run"], ["dry-run", "--policy", "fallback", "--limit", "0"],
    ["dry-run", "--policy", "fallback", "--max-moved", "101"],
    ["dry-run", "--policy", "fallback", "--max-moved", "nan"],
    ["report", "mismatches", "--since", "soon"], ["contact", "show", "welcome/L1"],
    ["device", "pause", "D1", "--tenant", "acme", "--minutes", "0"], ["import"], ["import", "--type", "leads", "x"],
    ["check"], ["init", "--sampel"],
  ])
  func `wrong usage exits with 64 and an explanation`(arguments: [String]) throws {
    let folder = TestFolder()
    let outcome = try UsherProcess.run(arguments, in: folder.path)
    #expect(outcome.code == 64, "\(outcome)")
    #expect(outcome.output.isEmpty, "\(outcome)")
    #expect(outcome.stderr.contains("Usage: usher"), "\(outcome)")
    #expect(!folder.exists("usher.db"))
  }

  @Test(arguments: [
    ["tick"], ["serve"], ["dry-run", "--policy", "fallback"], ["report", "mismatches"], ["report", "devices"],
    ["report", "waiting"], ["report", "sequences"], ["report", "integrity"], ["policy", "list"], ["policy", "history"],
    ["device", "list"],
    ["device", "pause", "D1", "--tenant", "acme", "--minutes", "1"], ["device", "resume", "D1", "--tenant", "acme"],
    ["device", "retire", "D1", "--tenant", "acme"], ["contact", "show", "a/b", "--tenant", "acme"],
    ["contact", "opt-out", "L1", "--tenant", "acme"], ["import", "-"], ["export"],
    ["hold", "--reason", "r"], ["release", "--reason", "r"],
  ])
  func `a missing store is a problem, and is not created`(arguments: [String]) throws {
    let folder = TestFolder()
    let outcome = try UsherProcess.run(arguments + ["--store", "no/such.db"], in: folder.path)
    #expect(outcome.code == 1, "\(outcome)")
    #expect(outcome.output.isEmpty, "\(outcome)")
    #expect(outcome.stderr.hasPrefix("usher: there is no store at no/such.db; "), "\(outcome)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func `a missing rules folder is a problem`() throws {
    let store = try TestStore([.tenant()])
    for arguments in [["tick"], ["serve"], ["dry-run", "--policy", "fallback"]] {
      let outcome = try UsherProcess.run(arguments + ["--store", store.path, "--rules", "nowhere"])
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.stderr.contains("nowhere"), "\(outcome)")
    }
  }

  @Test func `a faulty decision exits with 1 and is still printed`() throws {
    let folder = TestFolder()
    let policy = try folder.write("return { select = function() return nothing end }", to: "p.lua")
    let outcome = try UsherProcess.run(
      ["decide", "--policy", policy, "--input", "-"], input: Array(#"{"contact":{"id":"c1"}}"#.utf8))
    #expect(outcome.code == 1, "\(outcome)")
    #expect(try outcome.json()["error"]["kind"] == "runtime", "\(outcome)")
    #expect(try outcome.json()["outcome"] == "wait")
  }

  /// Two contacts whose own device is offline: `strict` waits, `fallback` sends from the other one.
  private func storeWithADifference() throws -> TestStore {
    let store = try TestStore(
      [.tenant(policy: "strict"), .device("D1", status: "offline"), .device("D2"), .sequence()]
        + [.lead(1, device: "D1"), .lead(2, device: "D1"), .lead(3, device: "D2")])
    try store.usher("tick", "--no-send", "--now", Moment.nine)
    return store
  }

  @Test func `a dry run exits with 0 without differences and with 2 otherwise`() throws {
    let store = try storeWithADifference()
    let same = try store.usher("dry-run", "--policy", "strict", "--at", Moment.ten, "--format", "json")
    #expect(try same.json()["contacts"] == 2)
    #expect(try same.json()["changed"] == 0)
    let other = try store.usher(
      "dry-run", "--policy", "fallback", "--at", Moment.ten, "--format", "json", expecting: 2)
    #expect(try other.json()["changed"] == 2)
    #expect(other.stderr.isEmpty, "\(other)")
  }

  @Test func `a dry run that would move more than allowed exits with 1 and the number`() throws {
    let store = try storeWithADifference()
    let folder = store.folder
    let away = try folder.write(
      "return { select = function(contact, fleet) return use(fleet[1], 'first') end }", to: "away.lua")
    let arguments = ["dry-run", "--policy", away, "--against", "fallback", "--at", Moment.ten, "--format", "json"]
    let above = try UsherProcess.run(arguments + ["--max-moved", "99", "--store", store.path])
    #expect(above.code == 1, "\(above)")
    #expect(above.stderr.contains("100 %") && above.stderr.contains("99 %"), "\(above)")
    #expect(try above.json()["moved"] == 2)
    let within = try UsherProcess.run(arguments + ["--max-moved", "100", "--store", store.path])
    #expect(within.code == 2, "\(within)")
  }

  @Test func `a dry run of a faulty policy exits with 1`() throws {
    let store = try storeWithADifference()
    let broken = try store.folder.write(
      "return { select = function(contact, fleet) return contact.devise end }", to: "broken.lua")
    let outcome = try store.usher("dry-run", "--policy", broken, "--at", Moment.ten, expecting: 1)
    #expect(outcome.stderr.contains("fails for 2 of 2"), "\(outcome)")
  }

  @Test(arguments: [
    ["tick", "--no-send"], ["dry-run", "--policy", "strict"], ["report", "mismatches"], ["report", "devices"],
    ["report", "waiting"], ["report", "sequences"], ["report", "integrity"], ["policy", "list"], ["policy", "history"],
    ["device", "list"],
    ["contact", "show", "welcome/L1", "--tenant", "acme"],
  ])
  func `standard output has only JSON, and CSV rows have as many cells as the header`(arguments: [String]) throws {
    let store = try storeWithADifference()
    let json = try UsherProcess.run(arguments + ["--format", "json", "--store", store.path])
    #expect(json.code == 0, "\(json)")
    _ = try json.json()
    let csv = try UsherProcess.run(arguments + ["--format", "csv", "--store", store.path])
    #expect(csv.code == 0, "\(csv)")
    var reader = try CSVReader(csv.output)
    while let row = try reader.next() { #expect(row.cells.count == reader.header.count, "\(csv)") }
  }

  @Test func `notes about a policy change go to standard error`() throws {
    let store = try TestStore([.tenant(policy: "mine"), .device("D1"), .sequence(), .lead(1, device: "D1")])
    try store.folder.write("return {", to: "Rules/mine.lua")
    let outcome = try store.usher("tick", "--format", "json")
    #expect(outcome.stderr.contains("refused"), "\(outcome)")
    #expect(try outcome.json()["faults"] == 1)
  }

  @Test(arguments: [
    ["hold", "--tenant", "acme", "--tenant", "globex", "--reason", "x"], ["hold", "--reason=a", "--reason", "b"],
    ["report", "devices", "--at", "2026-11-22T09:00:00Z", "--at=2026-11-23T09:00:00Z"],
  ])
  func `repeating a single-value option is wrong usage, and does nothing`(command: [String]) throws {
    let folder = TestFolder()
    let outcome = try UsherProcess.run(command, in: folder.path)
    #expect(outcome.code == 64 && outcome.stderr.contains("expected once, found more than once"), "\(outcome)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func `a multi-value option may be repeated, and a value may look like an option`() {
    #expect(RepeatedOption(in: ["policy", "guards", "set", "g", "--param", "a=1", "--param", "b=2"]) == nil)
    #expect(RepeatedOption(in: ["hold", "--reason", "x", "--", "--reason"]) == nil)
    #expect(RepeatedOption(in: ["hold", "--reason", "x", "--reason=y"]) != nil)
  }
}

extension Slow {
  /// Each command, in its own process.
  struct EveryCommandTests {
    @Test(arguments: ExitCodeTests.commands) func `every command has help`(command: [String]) throws {
      let outcome = try UsherProcess.run(command + ["--help"])
      #expect(outcome.code == 0, "\(outcome)")
      let name = "usher \(command.joined(separator: " "))"
      #expect(outcome.text.hasPrefix("\(name): "), "\(outcome)")
      #expect(outcome.text.contains("Usage\n  \(name)"), "\(outcome)")
      #expect(outcome.stderr.isEmpty, "\(outcome)")
    }

    @Test(arguments: ExitCodeTests.commands) func `a flag that does not exist is wrong usage`(command: [String]) throws
    {
      let outcome = try UsherProcess.run(command + ["--frobnicate"])
      #expect(outcome.code == 64, "\(outcome)")
      #expect(outcome.output.isEmpty, "\(outcome)")
      // Missing arguments are reported first.
      #expect(
        outcome.stderr.contains("--frobnicate") || outcome.stderr.contains("Missing expected argument"), "\(outcome)")
      #expect(outcome.stderr.contains("Usage: usher \(command.joined(separator: " "))"), "\(outcome)")
    }
  }
}

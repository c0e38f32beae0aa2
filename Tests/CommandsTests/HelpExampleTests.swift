import Foundation
import GRDB
import RoutingTestKit
import Testing

@testable import Commands

extension Slow {
  /// Every example in the help of every command works when a reader copies it.
  struct HelpExampleTests {
    private static let repository = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder in which the examples run: the sample store after a cycle, and the files that they name.
    private static func prepare(_ folder: TestFolder) throws {
      let files = FileManager.default
      try files.copyItem(atPath: repository.appendingPathComponent("Rules").path, toPath: folder.file("Rules"))
      try files.createDirectory(atPath: folder.file("new"), withIntermediateDirectories: true)
      for name in ["fallback", "assigned"] {
        let source = try String(contentsOfFile: folder.file("Rules/\(name).lua"), encoding: .utf8)
        try folder.write(source + "-- changed\n", to: "new/\(name).lua")
        try files.copyItem(atPath: folder.file("Rules/\(name)_test.lua"), toPath: folder.file("new/\(name)_test.lua"))
      }
      let request = #"{"contact":{"id":"c1","assigned_device":"D1"},"devices":[{"id":"D1"},{"id":"D2"}]}"#
      try folder.write(request, to: "request.json")
      try folder.write(request + "\n" + request + "\n", to: "requests.jsonl")
      try files.copyItem(
        atPath: repository.appendingPathComponent("Examples/sample/acme-and-globex.jsonl").path,
        toPath: folder.file("acme.jsonl"))
      try folder.write("tenant,id,phone,name\nacme,L90,+6011100000090,Nora\n", to: "leads.csv")
      for arguments in [
        ["init", "--sample"], ["tick", "--format", "json"], ["init", "--sample", "--store", "old.db"],
        ["init", "--store", "new.db"],
      ] {
        let outcome = try UsherProcess.run(arguments, in: folder.path)
        #expect(outcome.code == 0, "\(outcome)")
      }
    }

    /// The state that a command needs before its examples make sense.
    private static func prepare(_ page: CommandPage, in folder: TestFolder) throws {
      switch page.name {
      case "usher", "usher init":
        for name in ["usher.db", "usher.db-wal", "usher.db-shm"] { unlink(folder.file(name)) }
      case "usher contact retry": try fail("welcome/L3", in: folder)
      case "usher policy promote", "usher policy rollback", "usher policy shadow": try change(page, in: folder)
      default: break
      }
    }

    /// A second revision is live for acme, and a third one is a canary.
    private static func change(_ page: CommandPage, in folder: TestFolder) throws {
      let trial = page.name == "usher policy shadow" ? ["--shadow"] : ["--canary", "10%"]
      for (policy, options) in [("least_loaded", []), ("new/fallback.lua", trial)] {
        let outcome = try UsherProcess.run(
          ["policy", "activate", "--policy", policy, "--tenant", "acme"] + options, in: folder.path)
        #expect(outcome.code == 0, "\(outcome)")
      }
    }

    /// Replaces digests in examples by those of the store: the first by acme's live revision, the second by the other
    /// tenant's.
    private static func filled(_ line: String, in folder: TestFolder) throws -> String {
      guard line.contains("6fca90b0") else { return line }
      let outcome = try UsherProcess.run(["policy", "list", "--format", "csv"], in: folder.path)
      let digests = outcome.text.split(separator: "\n").dropFirst().map {
        String($0.split(separator: ",")[3].dropFirst(7))
      }
      try #require(digests.count == 2, "\(outcome)")
      return line.replacing("6fca90b0", with: digests[0].prefix(12)).replacing("9e889c0f", with: digests[1].prefix(12))
    }

    /// Marks a contact's message as rejected by the gateway for good.
    private static func fail(_ contact: String, in folder: TestFolder) throws {
      try DatabaseQueue(path: folder.file("usher.db")).write { db in
        try db.execute(
          sql: """
            UPDATE broadcast_messages SET status = 'failed', error = 'no such number'
            WHERE status = 'pending' AND sequence_contact_id = (SELECT id FROM sequence_contacts WHERE external_id = ?1)
            """, arguments: [contact])
        #expect(db.changesCount == 1)
        try db.execute(
          sql: """
            UPDATE sequence_contacts SET status = 'failed', reason = 'no such number', next_at = NULL, ended_at = enrolled_at
            WHERE external_id = ?1
            """, arguments: [contact])
      }
    }

    /// The exit codes that count as success: a dry run that finds differences has worked.
    private static func codes(_ line: String) -> Set<Int32> {
      line.contains("dry-run --policy") || line.contains("policy diff") || line.contains("replay --since 7d --policy")
        ? [0, 2] : [0]
    }

    @Test(arguments: CommandPage.root.all.map(\.name))
    func `every example of a help text works`(name: String) throws {
      let page = try #require(CommandPage.root.all.first { $0.name == name })
      let folder = TestFolder()
      try Self.prepare(folder)
      try Self.prepare(page, in: folder)
      for line in try page.examples.map({ try Self.filled($0.line, in: folder) }) { try run(line, in: folder) }
    }

    private func run(_ line: String, in folder: TestFolder) throws {
      let program = URL(fileURLWithPath: UsherProcess.program).deletingLastPathComponent().path
      let ends = line.hasPrefix("usher serve") ? "started" : line.contains("--watch") ? "waiting for changes" : nil
      let process = try UsherProcess(
        ["-o", "pipefail", "-c", (ends != nil ? "exec " : "") + line],
        environment: ["PATH": program + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""), "NO_COLOR": "1"],
        in: folder.path, program: ("/bin/bash", []))
      if let ends {
        try eventually("`\(line)` runs") { process.stderr.contains(ends) || !process.isRunning }
        process.signal(SIGINT)
      }
      let outcome = try process.end()
      #expect(Self.codes(line).contains(outcome.code), "`\(line)`: \(outcome)")
    }
  }
}

import Foundation
import Routing
import Testing
import Wire

extension Slow {
  /// Policy changes that `serve` and `tick` report, and the matching list.
  struct LoggedChangesTests {
    private let store: TestStore

    init() throws {
      store = try TestStore([.tenant("acme", policy: "turn"), .device("D1"), .sequence(), .lead(1, device: "D1")])
      try store.folder.write(Self.policy("one"), to: "Rules/turn.lua")
    }

    private static func policy(_ reason: String) -> String {
      "return { select = function(contact, fleet) return wait('\(reason)', 1) end }\n"
    }

    private func policy(_ arguments: String...) throws -> UsherProcess.Outcome {
      let outcome = try UsherProcess.run(["policy"] + arguments + ["--store", store.path], in: store.folder.path)
      #expect(outcome.code == 0, "\(outcome)")
      return outcome
    }

    private func line() throws -> JSONValue {
      let lines = try policy("list", "--format", "json").json().items
      #expect(lines.count == 1)
      return try #require(lines.first)
    }

    /// The entries of a JSON log with a given message.
    private func entries(_ stderr: String, _ message: String) throws -> [JSONValue] {
      try stderr.split(separator: "\n").filter { $0.hasPrefix("{") }.map { try JSONParser.parse(Array($0.utf8)) }
        .filter { $0["message"].text == message }
    }

    private func stop(_ daemon: UsherProcess) throws -> String {
      daemon.signal(SIGTERM)
      let outcome = try daemon.end()
      #expect(outcome.code == 0, "\(outcome)")
      return outcome.stderr
    }

    @Test func `a tick reports changes since the last one, once`() throws {
      let first = try store.usher("tick", "--no-send", "--now", Moment.nine)
      #expect(first.stderr.contains("acme: first policies active: 'turn' "), "\(first)")
      #expect(!(try store.usher("tick", "--no-send", "--now", "2026-11-22T09:10:00Z")).stderr.contains("acme:"))
      try store.folder.write(Self.policy("two"), to: "Rules/turn.lua")
      let edited = try store.usher("tick", "--no-send", "--now", "2026-11-22T09:20:00Z")
      let digest = try #require(try line()["revision"].text)
      #expect(edited.stderr.contains("acme: policy accepted: 'turn' \(ShortDigests.text(digest))"), "\(edited)")
      #expect(edited.stderr.contains("Rules/turn.lua"), "\(edited)")
      try store.folder.write("return {", to: "Rules/turn.lua")
      let broken = try store.usher("tick", "--no-send", "--now", "2026-11-22T09:30:00Z")
      #expect(broken.stderr.contains("acme: policy 'turn' refused: line 1"), "\(broken)")
      #expect(!(try store.usher("tick", "--no-send", "--now", "2026-11-22T09:40:00Z")).stderr.contains("acme:"))
      try store.folder.write(Self.policy("two"), to: "Rules/turn.lua")
      let fixed = try store.usher("tick", "--no-send", "--now", "2026-11-22T09:50:00Z")
      #expect(fixed.stderr.contains("acme: policy 'turn' is no longer refused") && !fixed.stderr.contains("accepted"))
    }

    @Test func `a file edited before serve starts is logged once, with its revision`() throws {
      try store.usher("tick", "--no-send")
      try store.folder.write(Self.policy("two"), to: "Rules/turn.lua")
      let daemon = try store.serve("--log-format", "json")
      try daemon.says("policy accepted")
      let said = try entries(try stop(daemon), "policy accepted")
      let listed = try line()
      #expect(said.count == 1 && said[0]["revision"] == listed["revision"] && said[0]["tenant"] == "acme")
      let second = try store.serve("--log-format", "json")
      try eventually("it decides") { second.stderr.contains("\"message\":\"cycle\"") }
      #expect(try entries(try stop(second), "policy accepted").isEmpty)
    }

    @Test func `an activated external file is live, is listed with its origin, and is not refused`() throws {
      try store.folder.write(Self.policy("city"), to: "new/city.lua")
      let daemon = try store.serve("--log-format", "json")
      try daemon.says("first policies active")
      let activated = try policy(
        "activate", "--policy", "new/city.lua", "--tenant", "acme", "--as", "ann", "--reason", "try it", "--format",
        "json")
      #expect(activated.stderr.contains("new/city.lua is outside the rules folder"), "\(activated)")
      try daemon.says("policies activated")
      // Editing the file in place, and deleting it, changes nothing.
      try store.folder.write(Self.policy("edited"), to: "new/city.lua")
      try eventually("it decides") {
        try store.usher("contact", "show", "welcome/L1", "--tenant", "acme", "--format", "json").json()["reason"]
          == "city"
      }
      try FileManager.default.removeItem(atPath: store.folder.file("new/city.lua"))
      let listed = try line()
      #expect(listed["policy"] == "city" && listed["from"] == "new/city.lua" && listed["by"] == "ann")
      #expect(listed["refused"] == .null && listed["held"] == .null)
      let top = try store.usher("top", "--format", "json").json()["policies"][0]
      #expect(top["policy"] == "city" && top["revision"] == listed["revision"] && top["refused"] == .null)
      let stderr = try stop(daemon)
      let said = try entries(stderr, "policies activated")
      #expect(said.count == 1 && said[0]["by"] == "ann" && said[0]["reason"] == "try it")
      #expect(said[0]["revision"] == listed["revision"] && !stderr.contains("refused"))
      let next = try store.usher("tick", "--no-send")
      #expect(!next.stderr.contains("acme:"), "\(next)")
      #expect(try store.usher("explain", "welcome/L1").text.contains("city"))
    }

    @Test func `a running serve logs the start and end of canaries and shadows once, with actor and reason`() throws {
      try store.folder.write(Self.policy("two"), to: "new/turn.lua")
      let daemon = try store.serve("--log-format", "json")
      try daemon.says("first policies active")
      let deeds: [(String, [String])] = [
        ("canary started", ["activate", "--policy", "new/turn.lua", "--canary", "10%"]),
        ("canary share changed", ["promote", "--to", "50%"]), ("canary rolled back", ["rollback"]),
        ("shadow started", ["activate", "--policy", "strict", "--shadow"]), ("shadow stopped", ["shadow", "--stop"]),
        ("policies activated", ["activate", "--policy", "new/turn.lua"]), ("policies rolled back", ["rollback"]),
      ]
      for (message, arguments) in deeds {
        let outcome = try UsherProcess.run(
          ["policy"] + arguments + ["--tenant", "acme", "--as", "ann", "--reason", "why not", "--store", store.path],
          in: store.folder.path)
        #expect(outcome.code == 0, "\(outcome)")
        try daemon.says("\"message\":\"\(message)\"")
      }
      let stderr = try stop(daemon)
      for (message, _) in deeds {
        let said = try entries(stderr, message)
        #expect(said.count == 1 && said[0]["by"] == "ann" && said[0]["reason"] == "why not", "\(message): \(said)")
      }
    }

    @Test func `a pinned serve logs once that a file waits for an operator, and the list shows the command`() throws {
      try store.usher("tick", "--no-send")
      try store.folder.write(Self.policy("two"), to: "Rules/turn.lua")
      for times in [1, 0] {
        // Answers that repeat the last ones are no decisions.
        try store.add([.lead(500 + times, of: "acme", device: "D1")])
        let daemon = try store.serve("--pinned", "--log-format", "json")
        try eventually("it decides") { daemon.stderr.contains("\"message\":\"cycle\"") }
        #expect(try entries(try stop(daemon), "policy file held").count == times)
      }
      #expect(try line()["held"].text?.contains("`usher policy activate --policy turn`") == true)
      #expect(try line()["refused"] == .null)
      _ = try policy("activate", "--policy", "turn")
      #expect(try line()["held"] == .null)
    }

    @Test func `serve logs only a few lines at its start for a thousand tenants`() throws {
      let many = try TestStore((0..<1000).map { .tenant("t\($0)") })
      let daemon = try many.serve()
      try daemon.says("first policies active")
      let stderr = try stop(daemon)
      #expect(stderr.contains("tenant=\"t0, t1, t2 and 997 others\""), "\(stderr.prefix(2000))")
      #expect(stderr.split(separator: "\n").count < 10, "\(stderr.prefix(2000))")
    }
  }
}

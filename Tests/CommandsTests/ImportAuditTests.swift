import Foundation
import Policies
import Testing
import Wire

@testable import Commands

extension Slow {
  /// An import is recorded like other changes: actor, reason, file, and the values before.
  struct ImportAuditTests {
    private let store: TestStore

    init() throws {
      store = try TestStore([
        .tenant(), .device("D1", hour: 30), .device("D2"), .sequence(delays: [0, 60]), .lead(1, device: "D1"),
        .lead(2, device: "D1"), ["type": "lead", "tenant": "acme", "id": "L3", "phone": "+60123000003"],
        ["type": "enrolment", "tenant": "acme", "sequence": "welcome", "lead": "L3", "due_at": "2099-01-01T00:00:00Z"],
      ])
      try store.usher("tick", "--no-send")
    }

    private func audit(_ arguments: String...) throws -> [JSONValue] {
      let outcome = try UsherProcess.run(
        ["audit", "--format", "json", "--store", store.path] + arguments, in: store.folder.path)
      #expect(outcome.code == 0, "\(outcome)")
      return try outcome.json().items
    }

    private func add(_ text: String) throws {
      try store.usher("import", "-", "--as", "ann", "--reason", "fixed", input: Array(text.utf8))
    }

    @Test func `an import is recorded with the file's name, its digest and its counts`() throws {
      let text = #"{"type":"lead","tenant":"acme","id":"L9","phone":"+60129999999"}"# + "\n"
      try store.folder.write(text, to: "more leads.jsonl")
      try store.usher("import", store.folder.file("more leads.jsonl"), "--as", "ann", "--reason", "the fair")
      let line = try #require(try audit("--actor", "ann").first)
      #expect(line["action"] == "import" && line["subject"] == "store" && line["reason"] == "the fair")
      #expect(line["file"].text == store.folder.file("more leads.jsonl") && line["tenant"] == .null)
      #expect(line["digest"].text == Digest.sha256(Array(text.utf8)))
      #expect(line["counts"] == ["lead": ["created": 1, "updated": 0, "unchanged": 0]])
      #expect(try audit("--actor", "ann").count == 1, "new rows are counted, and have no lines")
      // A file that changes nothing leaves no audit line either.
      try store.usher("import", store.folder.file("more leads.jsonl"), "--as", "ben")
      #expect(try audit("--actor", "ben") == [])
    }

    @Test func `imports of a CSV file and of standard input are recorded the same way, whatever their size`() throws {
      let rows = (0..<10_000).map { "acme,N\($0),+4930\(1_000_000 + $0),Name\n" }.joined()
      let csv = "tenant,id,phone,name\n" + rows
      try store.usher("import", "-", "--type", "lead", "--as", "ann", input: Array(csv.utf8))
      let lines = try audit("--actor", "ann")
      #expect(lines.count == 1 && lines[0]["file"] == "-", "\(lines.prefix(3))")
      #expect(lines.first?["digest"].text == Digest.sha256(Array(csv.utf8)))
    }

    /// A line's change to an existing row, and its audit line.
    static let changes: [(line: String, subject: String, detail: String)] = [
      (
        #"{"type":"device","tenant":"acme","id":"D1","limits":{"hour":50},"pace_s":[5,15]}"#, "device D1",
        "limits.hour 30 to 50; pace_s least 0 to 5; pace_s most 0 to 15"
      ),
      (
        #"{"type":"device","tenant":"acme","id":"D2","paused_until":"2099-01-01T00:00:00Z","pause_reason":"x"}"#,
        "device D2", "paused_until none to 2099-01-01T00:00:00Z; pause_reason none to 'x'"
      ),
      (
        #"{"type":"sequence","tenant":"acme","id":"welcome","status":"paused","steps":[{"delay_s":5,"content":"Step 1 for {name|you}"},{"delay_s":60,"content":"Bye"}]}"#,
        "sequence welcome",
        "status active to paused; step 1 delay_s 0 to 5; step 2 text 'Step 2 for {name|you}' to 'Bye'"
      ),
      (
        #"{"type":"tenant","id":"acme","policy":["strict"],"params":{"max_wait":9},"time_zone":"Asia/Tokyo"}"#,
        "tenant acme", #"time_zone UTC to Asia/Tokyo; policy ["fallback"] to ["strict"]; params {} to {"max_wait":9}"#
      ),
      (
        #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L3","status":"cancelled","reason":"asked"}"#,
        "contact welcome/L3", "status scheduled to cancelled; reason none to 'asked'"
      ),
      (#"{"type":"lead","tenant":"acme","id":"L2","phone":"+4930123456"}"#, "lead L2", "phone changed"),
      (
        #"{"type":"lead","tenant":"acme","id":"L2","opted_out_at":"2026-11-22T09:00:00Z"}"#, "lead L2",
        "opted_out_at none to 2026-11-22T09:00:00Z"
      ),
      (
        #"{"type":"guards","guards":[{"guard":"daily_limit","params":{"limit":3}},{"guard":"move_limit"}]}"#,
        "guard daily_limit", #"params {} to {"limit":3}"#
      ),
      (
        #"{"type":"guard_params","tenant":"acme","guard":"daily_limit","params":{"limit":2}}"#, "guard daily_limit",
        #"params none to {"limit":2}"#
      ),
    ]

    @Test(arguments: changes.indices) func `changes to a row by an import are recorded with before and after`(
      index: Int
    )
      throws
    {
      let change = Self.changes[index]
      try add(change.line + "\n")
      let lines = try audit("--actor", "ann")
      #expect(lines.count == 2, "\(lines)")
      let line = try #require(try audit("--actor", "ann", "--subject", change.subject).first)
      #expect(
        line["detail"].text == change.detail && line["action"] == "import" && line["reason"] == "fixed", "\(line)")
      #expect(line["file"] == "-" && line["system_user"].text == SystemUser.current.text)
    }

    @Test func `an imported device status is recorded once, in the device's history, with the importing actor`() throws
    {
      try add(#"{"type":"device","tenant":"acme","id":"D1","status":"offline"}"# + "\n")
      let lines = try audit("--actor", "ann", "--subject", "device D1")
      #expect(
        lines.count == 1 && lines[0]["detail"] == "online to offline" && lines[0]["reason"] == "fixed", "\(lines)")
    }

    @Test func `long texts are shortened, and imported audit lines keep their actor`() throws {
      let text = String(repeating: "long ", count: 400)
      try add(
        #"{"type":"sequence","tenant":"acme","id":"welcome","steps":[{"delay_s":0,"content":"\#(text)"},{"delay_s":60,"content":"x"}]}"#
          + "\n"
          + #"{"type":"device_event","tenant":"acme","device":"D1","kind":"resumed","actor":"old hand","at":"2026-11-22T09:00:00Z"}"#
          + "\n")
      let line = try #require(try audit("--subject", "sequence welcome").first)
      #expect(line["detail"].text.map { $0.count < 500 } == true, "\(line)")
      let events = try audit("--actor", "old hand", "--since", "2026-01-01T00:00:00Z")
      #expect(events.count == 1 && events[0]["system_user"] == .null, "\(events)")
    }

    @Test func `exports of a store and of its copy are equal, whoever made the copy`() throws {
      try store.usher("device", "pause", "D1", "--tenant", "acme", "--minutes", "5", "--as", "ann", "--reason", "x")
      try store.usher("policy", "activate", "--policy", "strict", "--as", "ben", "--reason", "y")
      try add(#"{"type":"device","tenant":"acme","id":"D1","limits":{"hour":50}}"# + "\n")
      let exported = try store.export()
      #expect(exported.rows("audit").contains { $0["digest"] != .null && $0["counts"]["device"]["updated"] == 1 })
      let copy = try TestStore(in: store.folder, name: "copy.db")
      try copy.usher("import", "-", "--as", "zoe", input: exported.bytes)
      #expect(try copy.export().bytes == exported.bytes)
      let made = try copy.usher("audit", "--actor", "zoe", "--format", "json").json().items
      #expect(made.count == 1 && made[0]["action"] == "import", "\(made)")
      try copy.usher("import", "-", "--as", "zoe", input: exported.bytes)
      #expect(try copy.export().bytes == exported.bytes)
    }

    @Test func `a rejected file leaves no line in the audit`() throws {
      let bad = #"{"type":"device","tenant":"acme","id":"D1","limits":{"hour":50}}"# + "\n{\n"
      try store.usher("import", "-", "--as", "ann", input: Array(bad.utf8), expecting: 1)
      #expect(try audit("--actor", "ann") == [])
      try store.usher("import", "-", "--as", "ann", "--skip-bad", input: Array(bad.utf8), expecting: 1)
      #expect(try audit("--actor", "ann").first?["detail"].text?.hasSuffix("1 lines refused") == true)
    }
  }
}

import Foundation
import Testing
import Wire

/// `--at` in the past: reports show the state at that time, and commands that decide reject it.
struct PastMomentTests {
  private static let before = "2034-12-31T09:00:00Z"
  private static let first = "2035-01-01T09:00:00Z"
  private static let between = "2035-01-01T09:00:30Z"
  private static let second = "2035-01-01T12:00:00Z"

  /// Two cycles. The reports of the morning do not show a device and an enrolment that are imported with later times.
  private func store() throws -> TestStore {
    let store = try TestStore([
      .tenant(policy: "assigned"), .device("D1", hour: 80), .device("D2"), .sequence(delays: [0, 60]),
      .lead(1, device: "D1"), .lead(2, device: "D2"), .lead(3, device: nil),
    ])
    try store.usher("tick", "--now", Self.first)
    try store.usher("tick", "--now", Self.second)
    try store.add([
      [
        "type": "device", "tenant": "acme", "id": "D3", "name": "Phone D3", "created_at": .string(Self.second),
      ],
      ["type": "lead", "tenant": "acme", "id": "L9", "phone": "+60129999999"],
      [
        "type": "enrolment", "tenant": "acme", "sequence": "welcome", "lead": "L9", "assigned_device": "D3",
        "enrolled_at": .string(Self.second),
      ],
    ])
    return store
  }

  private func devices(_ store: TestStore, _ moment: String) throws -> [[Int?]] {
    try store.usher("report", "devices", "--format", "json", "--at", moment).json().items.map { line in
      ["contacts", "sent_minute", "sent_hour", "sent_day"].map { line[$0].whole }
    }
  }

  @Test func `report devices counts the messages sent before the given time`() throws {
    let store = try store()
    #expect(try devices(store, Self.before) == [[0, 0, 0, 0], [0, 0, 0, 0]])
    #expect(try devices(store, Self.first) == [[1, 1, 1, 1], [1, 1, 1, 1]])
    #expect(try devices(store, Self.between) == [[1, 1, 1, 1], [1, 1, 1, 1]])
    #expect(try devices(store, "2035-01-01T11:59:59Z") == [[1, 0, 0, 1], [1, 0, 0, 1]])
    #expect(try devices(store, Self.second) == [[0, 1, 1, 2], [0, 1, 1, 2], [1, 0, 0, 0]])
    #expect(try devices(store, "2035-01-03T00:00:00Z") == [[0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]])
  }

  @Test func `unknown values of a device are null, and empty in a table`() throws {
    let store = try store()
    let line = try #require(
      try store.usher("report", "devices", "--format", "json", "--at", Self.before).json().items.first)
    for key in ["status", "available", "why_not", "limit_hour", "headroom", "load"] {
      #expect(line[key] == .null, "\(key)")
    }
    #expect(line["sent_hour"] == 0 && line["queued"] == 0)
    let text = try store.usher("report", "devices", "--at", Self.before).text
    #expect(text.contains("0 of 2 devices can accept more, unknown for 2; 0 open contacts"), "\(text)")
    #expect(text.contains("0 sent in the last hour"), "\(text)")
    let known = try #require(
      try store.usher("report", "devices", "--format", "json", "--at", Self.between).json().items.first)
    #expect(known["status"] == "online" && known["available"] == true && known["limit_hour"] == 80)
  }

  @Test func `the other reports also end at the given time`() throws {
    let store = try store()
    func messages(_ moment: String, _ more: String...) throws -> Int? {
      try UsherProcess.run(
        ["report", "mismatches", "--format", "json", "--at", moment, "--store", store.path] + more
      ).json()["parts"]["total"].whole
    }
    #expect(try messages(Self.before) == 0)
    #expect(try messages(Self.between) == 2)
    #expect(try messages(Self.second) == 4)
    #expect(try messages(Self.second, "--since", "1h") == 2)
    func enrolments(_ moment: String) throws -> [JSONValue] {
      try store.usher("report", "sequences", "--format", "json", "--at", moment).json().items.map { $0["enrolments"] }
    }
    #expect(try enrolments(Self.before) == [0, 0])
    #expect(try enrolments(Self.between) == [1, 2])
    let line = try #require(
      try store.usher("report", "sequences", "--format", "json", "--at", Self.between).json().items.first)
    #expect(line["messages_sent"] == 2 && line["waiting"] == 1 && line["messages_delivered"] == .null)
    #expect(line["status"] == .null)
  }

  @Test func `top shows the state at the given time`() throws {
    let store = try store()
    let before = try store.usher("top", "--format", "json", "--at", Self.before).json()
    #expect(before["devices"].items.allSatisfy { $0["sent_hour"] == 0 && $0["status"] == .null })
    #expect(before["decisions"]["use"]["count"] == 0 && before["policies"].items.isEmpty)
    #expect(before["process"]["last_sent_at"] == .null && before["process"]["running"] == .null)
    #expect(before["due"] == .null && before["waiting"].items.isEmpty)
    let between = try store.usher("top", "--format", "json", "--at", Self.between).json()
    #expect(between["devices"].items.map { $0["sent_hour"] } == [1, 1])
    #expect(between["decisions"]["use"]["count"] == 2 && between["decisions"]["wait"]["count"] == 1)
    #expect(between["process"]["last_sent_at"] == .string(Self.first))
    #expect(between["waiting"].items.map { $0["contacts"] } == [1])
    let screen = try store.usher("top", "--once", "--at", Self.before).text
    #expect(!screen.contains("nothing runs") && screen.contains("2 not on record"), "\(screen)")
    #expect(screen.contains("0 sent this hour") && !screen.contains("D3"), "\(screen)")
  }

  @Test(arguments: [
    ["explain", "welcome/L1"], ["explain", "--decision", "1"], ["dry-run", "--policy", "strict"],
    ["dry-run", "--policy", "strict", "--tenant", "acme"], ["simulate", "--hours", "1"],
  ])
  func `commands that decide reject a time before the last cycle`(command: [String]) throws {
    let store = try store()
    for moment in [Self.before, Self.between] {
      let outcome = try UsherProcess.run(command + ["--at", moment, "--store", store.path])
      #expect(outcome.code == 1 && outcome.output.isEmpty, "\(outcome)")
      #expect(outcome.stderr.contains("--at: expected a time not before \(Self.second)"), "\(outcome)")
      #expect(outcome.stderr.contains("found \(moment)"), "\(outcome)")
    }
    let allowed = try UsherProcess.run(command + ["--at", Self.second, "--store", store.path])
    #expect(allowed.code != 1, "\(allowed)")
  }

  @Test func `explain shows the decision made at that time`() throws {
    let store = try store()
    let outcome = try store.usher("explain", "welcome/L1", "--at", Self.between, expecting: 1)
    #expect(
      outcome.stderr.contains(
        "`usher explain --decision 1` explains the last decision about welcome/L1 up to that time"))
    #expect(
      try store.usher("explain", "welcome/L1", "--at", Self.before, expecting: 1).stderr.contains(
        "no decision about welcome/L1 was recorded up to that time"))
    let replay = try store.usher("dry-run", "--policy", "strict", "--at", Self.between, expecting: 1).stderr
    #expect(replay.contains("usher replay --policy strict --since \(Self.between)"), "\(replay)")
  }

  @Test func `without --at, messages sent with a clock that was ahead count`() throws {
    let line = try #require(try store().usher("report", "devices", "--format", "json").json().items.first)
    #expect(line["sent_hour"] == 2 && line["status"] == "online")
  }
}

import Testing
import Wire

/// `usher policy guards`, and its effects.
struct GuardCommandTests {
  private let store: TestStore

  init() throws {
    store = try TestStore([.tenant(), .device("D1"), .sequence(), .lead(1, device: "D1")])
  }

  private func rows() throws -> [[JSONValue]] {
    let list = try store.usher("policy", "guards", "list", "--format", "json").json()
    guard case .array(let rows) = list else { return [] }
    return rows.map { row in ["guard", "tenant", "params"].map { row[$0] } }
  }

  @Test func `an operator changes the list of guards, and each change is recorded`() throws {
    #expect(try rows() == [["daily_limit", .null, [:]], ["move_limit", .null, [:]]])
    try store.usher(
      "policy", "guards", "add", "quiet_hours", "--before", "move_limit", "--param", "from=0", "--param", "to=24")
    try store.usher(
      "policy", "guards", "set", "daily_limit", "--tenant", "acme", "--param", "limit=3", "--reason", "asked",
      "--as", "ann")
    try store.usher("policy", "guards", "remove", "move_limit")
    #expect(
      try rows() == [
        ["daily_limit", .null, [:]], ["daily_limit", "acme", ["limit": 3]],
        ["quiet_hours", .null, ["from": 0, "to": 24]],
      ])
    let audit = try store.export().rows("audit")
    #expect(audit.map { $0["action"].text } == ["guards", "guards", "guards"])
    #expect(audit[1]["actor"] == "ann" && audit[1]["reason"] == "asked" && audit[1]["tenant"] == "acme")
    #expect(audit[0]["detail"].text == "added quiet_hours with from=0, to=24")
    #expect(audit[1]["detail"].text == "set daily_limit for acme with limit=3")
    let tick = try store.usher("tick", "--now", Moment.nine, "--no-send", "--format", "json").json()
    #expect(tick["queued"] == 0 && tick["waiting"] == 1)
    let explained = try store.usher("explain", "welcome/L1", "--at", Moment.ten).text
    #expect(explained.contains("It is a guard; fallback ("))
    #expect(explained.contains("had chosen to queue it on Phone D1 (D1): owner"))
    let last = try store.usher("explain", "welcome/L1", "--at", Moment.ten, "--format", "json").json()["last_decision"]
    #expect(last["policy"] == "guards/quiet_hours" && last["narrowed"]["policy"] == "fallback", "\(last)")
    #expect(last["narrowed"]["device"] == "D1" && last["narrowed"]["reason"] == "owner")
    let shown = try store.usher("contact", "show", "welcome/L1", "--tenant", "acme").text
    #expect(shown.contains("; fallback had chosen D1: owner"), "\(shown)")
    #expect(try store.usher("replay").code == 0)
    try store.usher("policy", "guards", "remove", "quiet_hours")
    #expect(
      try store.usher("tick", "--now", "2026-11-23T00:00:00Z", "--no-send", "--format", "json").json()["queued"] == 1)
  }

  @Test(arguments: [
    (["add", "quiet_hour"], "guard 'quiet_hour' not found"), (["add", "daily_limit"], "is already on the list"),
    (["add", "quiet_hours", "--param", "form=3"], "the guard does not declare 'form'; the nearest is 'from'"),
    (["set", "daily_limit", "--param", "zzz=3"], "the guard does not declare 'zzz'; it declares limit, retry"),
    (["add", "quiet_hours", "--param", "from=22.30"], "found 22.3; 22.3 hours are 22:18; write '22:18' or '22:30'"),
    (["add", "quiet_hours", "--param", "from=late"], "--param: from: expected a time of day: hours from 0 to 24"),
    (["add", "quiet_hours", "--param", "to=9:75"], "or a text such as '21:30', found '9:75'; set a value that fits"),
    (["add", "quiet_hours", "--param", "days=1-8"], "expected weekdays such as 'mon-fri', 'sat,sun'"),
    (["set", "daily_limit", "--param", "limit=0"], "expected a number from 1 to 1000000, found 0"),
    (["set", "dayly_limit", "--param", "limit=3"], "the nearest is 'daily_limit'"),
    (["set", "daily_limit", "--tenant", "nobody", "--param", "limit=3"], "there is no tenant 'nobody'"),
    (["remove", "quiet_hours"], "expected a guard on the list, found 'quiet_hours'"),
  ])
  func `impossible changes are rejected with the reason`(arguments: [String], message: String) throws {
    let run = try UsherProcess.run(["policy", "guards"] + arguments + ["--store", store.path], in: store.folder.path)
    #expect(run.code == 1 && run.stderr.contains(message), "\(run)")
    #expect(try rows().count == 2)
  }

  @Test func `the answer says what times and weekdays mean`() throws {
    let add = try store.usher(
      "policy", "guards", "add", "quiet_hours", "--param", "from=22.5", "--param", "to=7:15", "--param", "on=mon-fri")
    #expect(
      add.stderr == "quiet_hours applies from the next cycle (from 22:30; to 7:15; on mon, tue, wed, thu, fri)\n")
    let set = try store.usher("policy", "guards", "set", "quiet_hours", "--param", "days=sat,sun", "--param", "on=")
    #expect(set.stderr == "quiet_hours uses the new value from the next cycle (days sat, sun; on no day)\n")
    let limit = try store.usher("policy", "guards", "set", "daily_limit", "--param", "limit=3")
    #expect(limit.stderr == "daily_limit uses the new value from the next cycle\n")
  }

  @Test func `a request is decided with guards`() throws {
    let request = #"{"contact":{"id":"c1","messages_day":30},"devices":[{"id":"D1"}]}"#
    let decide = ["decide", "--policy", "fallback", "--input", "-"]
    let run = { (more: [String]) in
      try UsherProcess.run(decide + more, input: Array(request.utf8), in: store.folder.path).json()
    }
    let (free, held) = (try run([]), try run(["--guard", "daily_limit"]))
    #expect(free["outcome"] == "use" && free["narrowed"] == .null)
    #expect(held["outcome"] == "wait" && held["policy"] == "daily_limit")
    #expect(held["narrowed"]["device"] == "D1" && held["narrowed"]["policy"] == "fallback")
  }
}

import Foundation
import RoutingTestKit
import Testing
import Wire

/// Simulations over stored data, run by the program itself.
struct SimulateCommandTests {
  private static let fixed = ["simulate", "--at", Moment.nine, "--hours", "6"]

  /// Two tenants in the middle of their day.
  private func livingStore() throws -> TestStore {
    let store = try TestStore()
    var lines: [JSONValue] = []
    for tenant in ["acme", "globex"] {
      lines += [.tenant(tenant), .sequence(of: tenant, delays: [0, 3600])]
      lines += (1...4).map {
        .device("\(tenant)-D\($0)", of: tenant, status: $0 == 4 ? "offline" : "online", hour: 40, pace: [5, 15])
      }
      lines += (0..<80).map { .lead($0, of: tenant, device: "\(tenant)-D\($0 % 4 + 1)") }
    }
    lines.append(.device("D1", of: "acme"))
    lines.append(.device("D1", of: "globex"))
    try store.add(lines)
    try store.usher("tick", "--now", "2026-11-22T08:50:00Z")
    return store
  }

  private func simulate(
    _ store: TestStore, _ arguments: String..., expecting code: Int32 = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> UsherProcess.Outcome {
    let outcome = try UsherProcess.run(
      Self.fixed + arguments + ["--store", store.path], in: store.folder.path)
    #expect(outcome.code == code, "\(outcome)", sourceLocation: sourceLocation)
    return outcome
  }

  @Test(arguments: ["table", "json", "csv", "html"])
  func `the same seed gives the same bytes in every process`(format: String) throws {
    let store = try livingStore()
    let arguments = [
      "--format", format, "--policy", "fallback", "--against", "assigned", "--arrivals", "50/h", "--offline",
      "acme-D1@10:00-12:00",
    ]
    let runs = try (1...2).map { _ in
      try UsherProcess.run(Self.fixed + arguments + ["--store", store.path], in: store.folder.path).output
    }
    #expect(!runs[0].isEmpty && runs[0] == runs[1])
  }

  @Test func `a simulation writes nothing`() throws {
    let store = try livingStore()
    let files = [store.name, store.name + "-wal"].filter(store.folder.exists)
    let before = try files.map(store.folder.contents)
    _ = try simulate(store, "--arrivals", "50/h", "--retire", "acme-D2@10:00")
    #expect(try files.map(store.folder.contents) == before)
  }

  @Test func `a simulation works while a daemon runs, and the daemon continues`() throws {
    let store = try livingStore()
    let daemon = try store.serve(every: 0.05)
    try daemon.says(" started ")
    let outcome = try UsherProcess.run(
      ["simulate", "--hours", "24", "--format", "json", "--store", store.path], in: store.folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(try outcome.json()["runs"].items[0]["contacts"]["total"].whole! > 0)
    try store.add([.lead(900, device: "D1")])
    try eventually("the daemon enrols what comes in") {
      try store.states()["enrolments"] == 161
    }
    daemon.signal(SIGTERM)
    #expect(try daemon.end().code == 0)
  }

  @Test func `the parts add up, and the hours add up to the totals`() throws {
    let report = try simulate(livingStore(), "--format", "json", "--arrivals", "30/h").json()
    let run = report["runs"].items[0]
    let contacts = run["contacts"]
    let states = ["scheduled", "waiting", "queued", "completed", "failed", "cancelled"]
    #expect(states.reduce(0) { $0 + contacts[$1].whole! } == contacts["total"].whole)
    #expect(contacts["open_at_start"].whole! + contacts["enrolled"].whole! == contacts["total"].whole)
    #expect(run["leads"]["arrived"] == 180)
    let messages = run["messages"]
    #expect(
      messages["in_queue_at_start"].whole! + messages["queued"].whole! == messages["sent"].whole!
        + messages["cancelled"].whole! + messages["in_queue"].whole!)
    #expect(run["per_hour"].items.count == 6)
    #expect(run["per_hour"].items.reduce(0) { $0 + $1["sent"].whole! } == messages["sent"].whole)
    #expect(run["devices"].items.reduce(0) { $0 + $1["sent"].whole! } == messages["sent"].whole)
  }

  @Test func `a scenario file means the same as options`() throws {
    let store = try livingStore()
    try store.folder.write(
      """
      { "offline": [ { "device": "acme-D1", "from": "10:00", "to": "12:00" } ],
        "retire": [ { "device": "globex-D3", "at": "+2h" } ],
        "cap": [ { "device": "acme-D2", "limit": 5, "per": "hour", "at": "11:00" } ],
        "arrivals": [ { "sequence": "acme/welcome", "count": 40, "per": "hour" } ] }
      """, to: "outage.json")
    let file = try simulate(store, "--format", "json", "--scenario", store.folder.file("outage.json"))
    let options = try simulate(
      store, "--format", "json", "--offline", "acme-D1@10:00-12:00", "--retire", "globex-D3@2026-11-22T11:00:00Z",
      "--cap", "acme-D2=5/h@11:00", "--arrivals", "acme/welcome=40/h")
    #expect(file.text == options.text)
    let events = try file.json()["events"].items.map { $0["what"].text }
    #expect(events == ["offline", "retired", "cap 5 per hour", "back"])
  }

  @Test func `the example scenario fits the sample store`() throws {
    let folder = TestFolder()
    let store = TestStore(existing: "sample.db", in: folder)
    try store.usher("init", "--sample")
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("Examples/scenarios/outage.json").path
    let report = try store.usher("simulate", "--scenario", file, "--format", "json").json()
    #expect(report["events"].items.count == 6)
    #expect(report["runs"].items[0]["leads"]["arrived"].whole == 24 * 30 + 100)
  }

  @Test func `two policies run side by side over the same arrivals`() throws {
    let store = try livingStore()
    let runs = try simulate(
      store, "--format", "json", "--policy", "strict", "--against", "reassign", "--arrivals", "20/h", "--offline",
      "acme-D1"
    ).json()["runs"].items
    #expect(runs.map { $0["policy"] } == ["strict", "reassign"])
    #expect(runs[0]["leads"]["arrived"] == runs[1]["leads"]["arrived"])
    #expect(runs[0]["decisions"]["moved"] == 0)
    #expect(runs[1]["decisions"]["moved"].whole! > 0)
  }

  @Test func `with a named tenant its devices need no tenant`() throws {
    let store = try livingStore()
    let alone = try simulate(store, "--tenant", "acme", "--cap", "D1=0/h", "--format", "json").json()
    #expect(Set(alone["runs"].items[0]["devices"].items.map { $0["tenant"].text }) == ["acme"])
    let both = try simulate(store, "--cap", "D1=0/h", expecting: 1)
    #expect(both.stderr.contains("found 'D1', which is acme/D1 and globex/D1: write TENANT/DEVICE"))
    #expect(try simulate(store, "--tenant", "nobody", expecting: 1).stderr.contains("there is no tenant 'nobody'"))
  }

  @Test(arguments: [
    ("--hours", "0", "--hours: expected 1 to 744 hours, found 0"),
    ("--hours", "745", "--hours: expected 1 to 744 hours, found 745"),
    ("--every", "0", "--every: expected 1 to 3600 seconds, found 0"),
    ("--offline", "D1@25:00", "--offline: expected DEVICE@FROM-TO"),
    ("--offline", "D1@10:00-", "--offline: expected DEVICE@FROM-TO"),
    ("--retire", "D1@soon", "--retire: expected DEVICE@TIME"),
    ("--cap", "D1=20", "--cap: expected DEVICE=N/m, /h or /d"),
    ("--cap", "D1=-1/h", "--cap: expected DEVICE=N/m, /h or /d"),
    ("--cap", "D1=20/h@noon", "--cap: expected DEVICE=N/m, /h or /d"),
    ("--arrivals", "0/h", "--arrivals: expected N/m, /h or /d, 1 or more"),
    ("--arrivals", "500", "--arrivals: expected N/m, /h or /d, 1 or more"),
    ("--format", "pdf", "--format: expected table, json, csv or html, found 'pdf'"),
  ])
  func `wrong usage is rejected with what was expected and found`(option: String, value: String, text: String) throws {
    let outcome = try UsherProcess.run(["simulate", "\(option)=\(value)", "--store", "nowhere.db"])
    #expect(outcome.code == 64)
    #expect(outcome.stderr.contains(text), "\(outcome.stderr)")
  }

  @Test(arguments: [
    (#"{ "ofline": [] }"#, "ofline: unknown key; the nearest is 'offline'"),
    (#"{ "offline": [ { "device": "D1", "until": "12:00" } ] }"#, "offline[0].until: unknown key"),
    (#"{ "offline": [ { "from": "12:00" } ] }"#, "offline[0].device: expected"),
    (#"{ "cap": [ { "device": "D1", "limit": -1, "per": "hour" } ] }"#, "cap[0].limit: expected a whole number from 0"),
    (#"{ "cap": [ { "device": "D1", "limit": 1, "per": "week" } ] }"#, "cap[0].per: expected one of 'minute'"),
    (#"{ "retire": [ { "device": "acme-D1", "at": "25:00" } ] }"#, "retire[0].at: expected a time such as 10:00"),
    (
      #"{ "retire": [ { "device": "acme-D1", "at": "+7h" } ] }"#,
      "retire[0]: expected a time from 2026-11-22T09:00:00Z to before 2026-11-22T15:00:00Z, found +7h"
    ),
    ("[]", "expected an object"), ("{", "bad.json"),
  ])
  func `an error in a scenario is reported with its file and field`(source: String, text: String) throws {
    let store = try livingStore()
    try store.folder.write(source, to: "bad.json")
    let outcome = try simulate(store, "--scenario", store.folder.file("bad.json"), expecting: 1)
    #expect(outcome.stderr.contains("bad.json") && outcome.stderr.contains(text), "\(outcome.stderr)")
  }

  @Test func `a failing policy makes contacts wait, and the exit code shows it`() throws {
    let store = try livingStore()
    let file = try store.folder.write("return { select = function(c) return c.nothing end }", to: "bad.lua")
    let outcome = try simulate(store, "--policy", file, "--format", "json", expecting: 1)
    // Each tenant's policy is suspended after twenty faults. Later, twenty contacts an hour try it.
    let faults = try #require(try outcome.json()["runs"].items[0]["decisions"]["faults"].whole)
    #expect((40...240).contains(faults))
    #expect(outcome.stderr.contains("the policy failed in \(faults) of"), "\(outcome.stderr)")
    #expect(try outcome.json()["runs"].items[0]["decisions"]["queued"] == 0)
  }

  @Test func `the page draws lines over time and has no external references`() throws {
    let page = try simulate(livingStore(), "--format", "html", "--offline", "acme-D1@10:00-12:00").text
    #expect(page.contains("Messages sent an hour") && page.contains("acme-D1 offline"))
    #expect(!page.contains("src=\"http") && !page.contains("href=\"http"))
  }
}

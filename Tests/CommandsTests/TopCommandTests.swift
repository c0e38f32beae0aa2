import Foundation
import Testing
import Wire

/// `usher top` without a terminal: one screen, JSON, CSV.
struct TopCommandTests {
  private func store() throws -> TestStore {
    let store = try TestStore([
      .tenant(), .tenant("globex", policy: "strict"), .device("D1", hour: 2), .device("D2", status: "offline"),
      .device("B1", of: "globex"), .sequence(), .lead(1, device: "D1"), .lead(2, device: "D1"), .lead(3, device: nil),
      .lead(4, device: "D2"),
    ])
    try store.usher("tick", "--now", Moment.nine)
    return store
  }

  @Test func `without a terminal one screen is printed, and top ends`() throws {
    let store = try store()
    for arguments in [["top"], ["top", "--once"], ["top", "--once", "--at", Moment.nine]] {
      let outcome = try UsherProcess.run(arguments + ["--store", store.path])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(outcome.text.contains("no process runs on this store"), "\(outcome)")
      #expect(outcome.text.contains("acme/D1 Phone D1") && outcome.text.contains("globex/B1"), "\(outcome)")
      #expect(!outcome.text.contains("\u{1B}"), "\(outcome)")
      #expect(outcome.text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(outcome)")
    }
  }

  @Test func `JSON has the screen's data, and its parts equal those of the reports`() throws {
    let store = try store()
    let top = try store.usher("top", "--format", "json", "--at", "2026-11-22T09:00:01Z").json()
    #expect(top["process"]["running"] == false && top["process"]["epoch"] == 1)
    #expect(top["decisions"]["use"]["count"].whole == 2 && top["decisions"]["wait"]["count"].whole == 2, "\(top)")
    #expect(top["decisions"]["fault"]["count"] == 0)
    #expect(top["waiting"].items.reduce(0) { $0 + ($1["contacts"].whole ?? 0) } == 2)
    let policies = try store.usher("policy", "list", "--format", "json").json()
    #expect(top["policies"].items.count == policies.items.count)
    for (seen, listed) in zip(top["policies"].items, policies.items) {
      for key in seen.keys { #expect(seen[key] == listed[key], "\(key)") }
    }
    let report = try store.usher("report", "devices", "--format", "json", "--at", "2026-11-22T09:00:01Z").json()
    #expect(top["devices"].items.count == report.items.count)
    for device in report.items {
      let seen = try #require(top["devices"].items.first { $0["device"] == device["device"] })
      for key in ["tenant", "status", "available", "why_not", "queued", "in_flight", "sent_hour", "limit_hour", "load"]
      {
        #expect(seen[key] == device[key], "\(key) of \(device["device"])")
      }
    }
  }

  @Test func `top shows one tenant, and CSV of its devices in the requested order`() throws {
    let store = try store()
    let csv = try store.usher("top", "--format", "csv", "--tenant", "acme", "--sort", "state")
    let lines = csv.text.split(separator: "\n")
    #expect(lines.count == 3 && lines[1].hasPrefix("acme,D2,"), "\(csv)")
    let json = try store.usher("top", "--format", "json", "--tenant", "globex").json()
    #expect(json["devices"].items.count == 1 && json["waiting"].items.isEmpty && json["policies"].items.count == 1)
  }

  @Test func `a running daemon is shown with its process and epoch, until it has ended`() throws {
    let store = try store()
    let daemon = try store.serve()
    try daemon.says(" started ")
    let running = try store.usher("top", "--format", "json").json()["process"]
    #expect(running["running"] == true && running["id"] == .integer(Int64(daemon.id)) && running["epoch"] == 2)
    daemon.signal(SIGKILL)
    _ = try daemon.end()
    let ended = try store.usher("top", "--format", "json").json()["process"]
    #expect(ended["running"] == false && ended["id"] == .null)
  }

  @Test func `nothing is written to the store`() throws {
    let store = try store()
    let before = try store.export().bytes
    try store.usher("top", "--once")
    #expect(try store.export().bytes == before)
  }

  @Test func `invalid options are rejected`() throws {
    let store = try store()
    #expect(try store.usher("top", "--tenant", "acmee", expecting: 1).stderr.contains("the nearest is 'acme'"))
    #expect(try store.usher("top", "--every", "0", expecting: 64).stderr.contains("0.1 to 3600"))
    #expect(try store.usher("top", "--at", Moment.nine, expecting: 64).stderr.contains("--once"))
    #expect(try UsherProcess.run(["top", "--store", "/nowhere.db"]).code == 1)
  }
}

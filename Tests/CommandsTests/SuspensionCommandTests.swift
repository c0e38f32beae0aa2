import Foundation
import Testing
import Wire

/// What an operator sees of a suspended policy, and what ends the suspension.
struct SuspensionCommandTests {
  private func store() throws -> TestStore {
    let store = try TestStore()
    try store.folder.write("return { select = function(c) return wait(nil .. c.id) end }", to: "Rules/mine.lua")
    try store.add([.tenant(policy: "mine"), .device("D1"), .sequence()] + (0..<8).map { .lead($0, device: "D1") })
    return store
  }

  @Test func `a suspension is reported and listed, contacts wait, and a changed file ends it`() throws {
    let store = try store()
    let first = try store.usher("tick", "--now", Moment.nine, "--suspend-after", "3", "--format", "json")
    #expect(try first.json()["faults"] == 8)
    #expect(
      first.stderr.contains(
        "acme: policy 'mine' suspended: 8 of its last 8 answers for different contacts were faults, last with: runtime fault"
      ))
    let line = try #require(try store.usher("policy", "list", "--format", "json").json().items.first)
    #expect(line["faults"] == 8 && line["suspended_at"].text == Moment.nine)
    #expect(line["last_fault"].text?.hasPrefix("runtime fault in mine, line 1") == true)
    #expect(try store.usher("policy", "list").text.contains("suspended at"))
    // Another process: the policy is not evaluated.
    let second = try store.usher("tick", "--now", "2026-11-22T09:30:00Z", "--suspend-after", "3", "--format", "json")
    #expect(try second.json()["faults"] == 0)
    #expect(try second.json()["waiting"] == 8)
    #expect(!second.stderr.contains("suspended"))
    #expect(try store.usher("contact", "show", "welcome/L7", "--tenant", "acme").text.contains("is suspended"))
    // A dry run compares what waits today with the decisions of a better file.
    let better = try store.folder.write(
      "return { select = function(c, fleet) return use(fleet[1], 'mended') end }", to: "Rules/mine.lua")
    let trial = try store.usher("dry-run", "--policy", better, "--at", "2026-11-22T11:00:00Z", expecting: 2)
    #expect(trial.text.contains("is suspended") || trial.text.contains("wait"))
    let third = try store.usher("tick", "--now", "2026-11-22T11:00:00Z", "--suspend-after", "3", "--format", "json")
    #expect(try third.json()["queued"] == 8)
    #expect(third.stderr.contains("acme: policy 'mine' is no longer suspended"))
    #expect(try store.usher("policy", "list", "--format", "json").json().items[0]["suspended_at"] == .null)
    try store.expectSound()
  }

  @Test func `an invalid number is wrong usage`() throws {
    try store().usher("tick", "--suspend-after", "-1", expecting: 64)
  }

  @Test func `the daemon logs a suspension as an error`() throws {
    let store = try store()
    let daemon = try store.serve("--suspend-after", "2", "--log-format", "json")
    try daemon.says(
      "\"level\":\"error\",\"message\":\"policy suspended; the tenant's contacts wait until it decides again\""
    )
    daemon.signal(SIGTERM)
    #expect(try daemon.end().code == 0)
  }
}

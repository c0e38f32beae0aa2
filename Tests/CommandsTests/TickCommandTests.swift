import Foundation
import Testing
import Wire

/// `usher tick`: one cycle and its report.
struct TickCommandTests {
  private static let keys = [
    "now", "enrolled", "decided", "queued", "waiting", "skipped", "sent", "returned", "failed", "faults",
  ]

  private func store(policy: String = "assigned") throws -> TestStore {
    try TestStore(
      [.tenant(policy: policy), .device("D1"), .device("D2", status: "offline"), .sequence()]
        + [.lead(1, device: "D1"), .lead(2, device: "D2"), .lead(3, device: nil)])
  }

  @Test func `an empty store gives the contract's keys in order, all zero or null`() throws {
    let outcome = try TestStore().usher("tick", "--now", Moment.nine, "--format", "json")
    let expected =
      #"{"now":"2026-11-22T09:00:00Z","enrolled":0,"decided":0,"queued":0,"waiting":0,"skipped":0,"#
      + #""sent":0,"returned":0,"failed":0,"faults":0}"# + "\n"
    #expect(outcome.text == expected)
  }

  @Test func `a tick enrols, decides and sends, and counts each`() throws {
    let store = try store()
    let outcome = try store.usher("tick", "--now", Moment.nine, "--format", "json")
    let report = try outcome.json()
    #expect(report.keys == Self.keys)
    #expect(
      report == [
        "now": .string(Moment.nine), "enrolled": 3, "decided": 3, "queued": 2, "waiting": 1,
        "skipped": 0, "sent": 1, "returned": 0, "failed": 0, "faults": 0,
      ])
    // Option 1: the message on the offline device waits until the device is back.
    let messages = try store.export().rows("message")
    #expect(messages.map { $0["device"] } == ["D1", "D2"])
    #expect(messages.map { $0["status"] } == ["sent", "pending"])
    try store.usher("device", "status", "D2", "--tenant", "acme", "--to", "online")
    let next = try store.usher("tick", "--now", "2026-11-22T09:00:01Z", "--format", "json").json()
    #expect(next["sent"] == 1)
    try store.expectSound()
  }

  @Test func `--now is the time of everything that is written`() throws {
    let store = try store()
    try store.usher("tick", "--now", Moment.nine)
    let export = try store.export()
    #expect(export.rows("decision").allSatisfy { $0["at"].text == Moment.nine })
    #expect(export.rows("enrolment").allSatisfy { $0["enrolled_at"].text == Moment.nine })
    #expect(export.rows("message")[0]["sent_at"].text == Moment.nine)
    #expect(export.rows("policy_activation").allSatisfy { $0["at"].text == Moment.nine })
    let line = try JSONParser.parse(store.folder.contents("usher.db.sent.jsonl"))
    #expect(line["at"].text == Moment.nine)
    #expect(line["contact"] == "welcome/L1")
  }

  @Test func `with --no-send nothing is sent`() throws {
    let store = try store()
    let report = try store.usher("tick", "--no-send", "--now", Moment.nine, "--format", "json").json()
    #expect(report["queued"] == 2)
    #expect(report["sent"] == 0)
    #expect(!store.folder.exists("usher.db.sent.jsonl"))
    let export = try store.export()
    #expect(export.rows("message").allSatisfy { $0["status"] == "pending" })
    #expect(export.rows("attempt").isEmpty)
  }

  @Test func `the counts by outcome add up to the decisions`() throws {
    let store = try TestStore()
    try store.folder.write(
      """
      return { select = function(contact, fleet)
        local n = tonumber(contact.id:sub(-1))
        if n % 4 == 0 then return use(fleet[1], 'even') end
        if n % 4 == 1 then return wait('later', 60) end
        if n % 4 == 2 then return skip('not this one') end
        return contact.devise
      end }
      """, to: "Rules/mixed.lua")
    try store.add([.tenant(policy: "mixed"), .device("D1"), .sequence()] + (0..<8).map { .lead($0, device: "D1") })
    let report = try store.usher("tick", "--no-send", "--format", "json").json()
    let parts = ["queued", "waiting", "skipped"].compactMap { report[$0].whole }.reduce(0, +)
    #expect(report["decided"].whole == parts, "\(report)")
    // A file that reads a nonexistent field is refused as a whole: every contact waits with the fault.
    #expect(report["faults"] == 8)
    #expect(report["waiting"] == 8)
    try store.expectSound()
  }

  @Test func `a lead without a device waits under 'assigned', with the reason, and is counted (I-02)`() throws {
    let store = try store()
    try store.usher("tick", "--now", Moment.nine)
    let contact = try store.usher("contact", "show", "welcome/L3", "--tenant", "acme", "--format", "json").json()
    #expect(contact["status"] == "waiting")
    #expect(contact["reason"] == "no assigned device")
    #expect(contact["assigned_device"] == .null)
    #expect(contact["next_at"].text.map { $0 > Moment.nine } == true)
    #expect(contact["history"].items.contains { $0["what"] == "decision: wait" })
    let text = try store.usher("contact", "show", "welcome/L3", "--tenant", "acme").text
    #expect(text.contains("no assigned device"))
    let devices = try store.usher("report", "devices", "--at", Moment.nine).text
    // L1's only step is sent, so it is no longer open; the JSON has only devices, the table also has a sum.
    #expect(devices.contains("2 open contacts (1 without a device)"), "\(devices)")
    #expect(try store.states()["waiting"] == 1)
  }

  @Test func `a second tick at the same time decides nothing`() throws {
    let store = try store()
    try store.usher("tick", "--now", Moment.nine)
    let again = try store.usher("tick", "--now", Moment.nine, "--format", "json").json()
    #expect(again["decided"] == 0)
    #expect(again["sent"] == 0)
    #expect(try store.export().rows("message").count == 2)
  }

  @Test func `with --sent - the output is the messages, one JSON object per line`() throws {
    let outcome = try store().usher("tick", "--sent", "-", "--format", "json", "--now", Moment.nine)
    let lines = outcome.text.split(separator: "\n")
    #expect(lines.count == 2, "\(outcome)")
    for line in lines { _ = try JSONParser.parse(Array(line.utf8)) }
  }
}

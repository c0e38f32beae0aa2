import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct EnrolmentImportTests {
  private let enrolment = #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1""#

  /// An enrolment with a message in progress at step 1.
  private func queued() throws -> TestStore {
    let store = try TestStore.acme()
    try store.importing(
      """
      \(enrolment),"assigned_device":"D1","status":"queued"}
      \(HistoryLines.revision)
      \(HistoryLines.decision(1, step: 1, device: "D1"))
      \(HistoryLines.message(step: 1, decision: 1, device: "D1"))
      """)
    return store
  }

  @Test func `an enrolment without further fields is due immediately on its lead's device`() throws {
    let store = try TestStore.acme()
    #expect(try store.importing(enrolment + "}")[.enrolment].created == 1)
    #expect(
      try store.exported().contains(
        #""lead":"L1","id":"welcome/L1","phone":"+601110000001","assigned_device":"D1","status":"scheduled","#
          + #""reason":null,"code":null,"last_device":null,"step":1,"attempts":0,"due_at":"2026-11-22T09:00:00Z","#
          + #""next_at":"2026-11-22T09:00:00Z","#))
  }

  @Test func `a digest in upper case is stored in lower case, where commands and other lines find it`() throws {
    let store = try TestStore.acme()
    let upper = "sha256:" + String(repeating: "AB", count: 32)
    let line = { (digest: String) in HistoryLines.revision.replacing(HistoryLines.digest, with: digest) }
    #expect(try store.importing(line(upper))[.policyRevision].created == 1)
    #expect(try store.importing(HistoryLines.revision)[.policyRevision].unchanged == 1)
    #expect(try store.exported().contains(HistoryLines.revision))
    let problem = try store.problem(line("sha256:" + String(repeating: "xy", count: 32)))
    #expect(problem.text.contains("'sha256:' and 64 hexadecimal digits"))
  }

  @Test func `two enrolments of a tenant do not share an id`() throws {
    let store = try TestStore.acme()
    try store.importing(enrolment + #","id":"one"}"#)
    let problem = try store.problem(
      """
      {"type":"lead","tenant":"acme","id":"L2","phone":"+601110000002"}
      {"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L2","id":"one"}
      """)
    #expect(problem.field == "id")
  }

  @Test func `a later step is due its delay after the enrolment`() throws {
    let store = try TestStore.acme()
    try store.importing(enrolment + #","step":2}"#)
    #expect(try store.exported().contains(#""due_at":"2026-11-22T09:01:00Z""#))
  }

  @Test func `an assigned device is an assignment on record`() throws {
    let store = try TestStore.acme()
    try store.importing(enrolment + #","assigned_device":"D2"}"#)
    #expect(
      try store.exported().contains(
        #"{"type":"assignment","tenant":"acme","sequence":"welcome","lead":"L1","device":"D2","#
          + #""reason":"imported","actor":"import","at":"2026-11-22T09:00:00Z"}"#))
    try store.importing(enrolment + #","assigned_device":"D2"}"#)
    #expect(try store.value("SELECT count(*) FROM assignments") == 1)
  }

  @Test func `I-02: an enrolment without a device is unassigned, not assigned to an empty id`() throws {
    let store = try TestStore.acme()
    try store.importing(enrolment + #","assigned_device":null}"#)
    #expect(try store.value("SELECT assigned_device_id IS NULL FROM sequence_contacts") == true)
    #expect(try store.value("SELECT count(*) FROM assignments") == 0)
  }

  @Test func `an enrolment that waits is scheduled again when it is moved`() throws {
    let store = try TestStore.acme()
    try store.importing(
      enrolment
        + #","status":"waiting","reason":"full","due_at":"2026-11-22T09:00:00Z","next_at":"2026-11-22T10:00:00Z"}"#
    )
    try store.importing(enrolment + #","due_at":"2026-11-23T09:00:00+01:00"}"#)
    #expect(
      try store.value("SELECT status || (next_at = due_at) || ifnull(reason, '-') FROM sequence_contacts")
        == "scheduled1-")
  }

  @Test(arguments: [
    ("step", #""step":2"#), ("due_at", #""due_at":"2026-11-30T09:00:00Z""#),
    ("status", #""status":"cancelled","reason":"x""#), ("assigned_device", #""assigned_device":"D2""#),
  ])
  func `an enrolment with a message at its step is not moved by import`(field: String, change: String) throws {
    let store = try queued()
    let before = try store.rows()
    let problem = try store.problem("\(enrolment),\(change)}")
    #expect(problem.field == field)
    #expect(problem.text.contains("a message that is pending on device 'D1'"))
    #expect(try store.rows() == before)
  }

  @Test func `an enrolment is not moved back to a step that has a message`() throws {
    let store = try queued()
    try store.execute(
      """
      UPDATE broadcast_messages SET status = 'sent', sent_at = 1;
      UPDATE sequence_contacts SET status = 'scheduled', current_step = 2, next_at = 5
      """)
    let problem = try store.problem(enrolment + #","step":1}"#)
    #expect(problem.field == "step")
    #expect(problem.text.contains("step 1"))
  }

  @Test func `fields that do not move a queued enrolment may be set`() throws {
    let store = try queued()
    let line = enrolment + #","step":1,"assigned_device":"D1","status":"queued"}"#
    #expect(try store.importing(line)[.enrolment] == .init(unchanged: 1))
  }

  @Test func `with skip-bad an enrolment without its message is cancelled, so that nothing is sent twice`()
    throws
  {
    let store = try TestStore.acme()
    let result = try store.importing(enrolment + #","status":"queued"}"#, skipBad: true)
    #expect(result.badLines.map(\.field) == ["status"])
    #expect(
      try store.value("SELECT status || ': ' || reason FROM sequence_contacts")
        == "cancelled: imported as queued without its message")
  }

  @Test func `a step that is still to be decided has no message`() throws {
    let store = try TestStore.acme()
    let problem = try store.problem(
      """
      \(enrolment)}
      \(HistoryLines.revision)
      \(HistoryLines.decision(1, step: 1, device: "D1"))
      \(HistoryLines.message(step: 1, decision: 1, device: "D1"))
      """)
    #expect(problem.line == 4)
    #expect(problem.field == "step")
  }
}

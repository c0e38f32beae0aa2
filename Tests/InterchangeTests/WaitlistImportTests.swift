import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// The waitlist of a decision in imports and exports.
struct WaitlistImportTests {
  private func enrolled() throws -> TestStore {
    let store = try TestStore.acme()
    try store.importing(
      #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1"}"# + "\n\(HistoryLines.revision)")
    return store
  }

  private func wait(_ more: String) -> String {
    HistoryLines.decision(1, step: 1, device: "D1")
      .replacing(#""outcome":"use","device":"D1""#, with: #""outcome":"wait","until":"2026-11-22T09:05:00Z""#)
      .dropLast() + ",\(more)}"
  }

  @Test(arguments: [
    (#""fleet""#, #""fleet""#), (#"{"device":"D1"}"#, #"{"device":"D1"}"#),
    // A device that has left the fleet, and keys in another order.
    (#"{"device":"D99"}"#, #"{"device":"D99"}"#),
    (#"{"except":"D1","platform":"sms","tag":"vip"}"#, #"{"tag":"vip","platform":"sms","except":"D1"}"#),
  ])
  func `every form is imported, exported in one form, and imported again without a change`(
    stated: String, exported: String
  ) throws {
    let store = try enrolled()
    try store.importing(wait(#""waitlist":\#(stated)"#))
    #expect(try store.exported().contains(#""waitlist":\#(exported)"#))
    #expect(try !store.importing(wait(#""waitlist":\#(stated)"#)).hasChanged)
    #expect(try store.problem(wait(#""waitlist":{"tag":"other"}"#)).text.contains("decision 1 of the enrolment"))
  }

  @Test func `a decision without a waitlist has no such key`() throws {
    let store = try enrolled()
    try store.importing(wait(#""waitlist":null"#))
    let decisions = try store.exported().split(separator: "\n").filter { $0.contains(#""type":"decision""#) }
    #expect(decisions.count == 1 && !decisions[0].contains("waitlist"), "\(decisions)")
  }

  @Test(arguments: [
    #""D1""#, #""Fleet""#, "{}", "5", "true", "[]", #"{"device":"D1","tag":"x"}"#, #"{"tags":"x"}"#, #"{"tag":5}"#,
    #"{"device":""}"#,
  ])
  func `anything else is refused with the forms that are accepted`(stated: String) throws {
    let problem = try enrolled().problem(wait(#""waitlist":\#(stated)"#))
    #expect(problem.field == "waitlist")
    #expect(problem.text.contains(#""fleet", {"device":ID} or an object with "tag", "platform" and "except""#))
  }

  @Test func `only a wait has a waitlist`() throws {
    let line = String(HistoryLines.decision(1, step: 1, device: "D1").dropLast()) + #","waitlist":"fleet"}"#
    let problem = try enrolled().problem(line)
    #expect(problem.field == "waitlist" && problem.text.contains("null unless the outcome is 'wait'"))
  }

  @Test func `a contact whose filter is beyond the limit takes a waitlist without contacts`() throws {
    let store = try TestStore.acme()
    for number in 1...StoredWaitlist.filtersMax {
      try store.execute(
        "INSERT INTO waitlists (tenant_id, filter) VALUES (1, '{\"tag\":\"t\(number)\"}')")
    }
    let line =
      #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","step":1,"status":"waiting","#
      + #""reason":"full","waitlist":{"tag":"vip"}}"#
    try store.importing(line)
    #expect(try store.value("SELECT count(*) FROM waitlists") == StoredWaitlist.filtersMax)
    let filter: String? = try store.value(
      "SELECT w.filter FROM sequence_contacts c JOIN waitlists w ON w.id = c.waitlist_id")
    #expect(filter == #"{"tag":"vip"}"#)
    #expect(try !store.importing(line).hasChanged)
  }
}

import Routing
import Testing
import Wire

@testable import StoreSQL
@testable import StoreSQLite

/// A line that is refused in a store with `acme`, and what the error must contain.
struct Refusal: CustomTestStringConvertible {
  var line: String
  var field: String?
  var says: [String]

  init(_ field: String?, _ line: String, says: String...) {
    (self.line, self.field, self.says) = (line, field, says)
  }

  var testDescription: String { says.joined(separator: " … ") }
}

struct RefusalTests {
  private static let good = #"{"type":"lead","tenant":"acme","id":"good","phone":"+601110000099"}"#

  /// Each is on line 2, after a valid line.
  static let refusals = [
    Refusal(nil, "{\"type\":\"lead\",}", says: "column 16", "remove the comma"),
    Refusal(nil, "[1]", says: "expected an object, found an array"),
    Refusal(
      "type", #"{"type":"devise","tenant":"acme"}"#, says: "the text \"devise\"", "nearest is 'device'"),
    Refusal("type", #"{"tenant":"acme","id":"x"}"#, says: "no such key"),
    Refusal(
      "tenant", #"{"type":"device","tenant":"nobody","id":"x"}"#, says: "a tenant in the store", "nobody"),
    Refusal("colour", #"{"type":"device","tenant":"acme","id":"D1","colour":1}"#, says: "unknown key"),
    Refusal(
      "staus", #"{"type":"device","tenant":"acme","id":"D1","staus":"online"}"#, says: "nearest is 'status'"),
    Refusal(
      "limits.hours", #"{"type":"device","tenant":"acme","id":"D1","limits":{"hours":1}}"#,
      says: "nearest is 'hour'"),
    Refusal(
      "id", #"{"type":"device","tenant":"acme","id":""}"#, says: "an id: 1 to 200 bytes", "the text \"\""),
    Refusal("id", #"{"type":"tenant","id":"a\nb"}"#, says: "without control characters"),
    Refusal(
      "time_zone", #"{"type":"tenant","id":"x","time_zone":"Asia/Kuala_Lumper"}"#, says: "IANA", "Lumper"),
    Refusal("time_zone", #"{"type":"tenant","id":"x","time_zone":"GMT+8"}"#, says: "Europe/Berlin"),
    Refusal("policy", #"{"type":"tenant","id":"x","policy":[]}"#, says: "at least one policy"),
    Refusal("policy[1]", #"{"type":"tenant","id":"x","policy":["a",1]}"#, says: "a text, found the number 1"),
    Refusal(
      "params.a", #"{"type":"tenant","id":"x","params":{"a":[1]}}"#, says: "a text, a number", "an array"),
    Refusal("patience_s", #"{"type":"tenant","id":"x","patience_s":-1}"#, says: "the number -1"),
    Refusal(
      "limits.day", #"{"type":"device","tenant":"acme","id":"D1","limits":{"day":-5}}"#,
      says: "a whole number, 0 or more", "the number -5"),
    Refusal(
      "pace_s", #"{"type":"device","tenant":"acme","id":"D1","pace_s":[3,1]}"#, says: "least ≤ most", "3 and"),
    Refusal("pace_s", #"{"type":"device","tenant":"acme","id":"D1","pace_s":[3]}"#, says: "[least, most]"),
    Refusal(
      "status", #"{"type":"device","tenant":"acme","id":"D1","status":"on"}"#,
      says: "one of 'online', 'offline', 'auth_failed', 'unknown', 'retired'", "the text \"on\""),
    Refusal(
      "tags[1]", #"{"type":"device","tenant":"acme","id":"D1","tags":["a","a"]}"#, says: "each text once"),
    Refusal(
      "paused_until", #"{"type":"device","tenant":"acme","id":"D1","paused_until":"2026-11-22 09:00"}"#,
      says: "2026-11-22T09:00:00Z", "offset"),
    Refusal(
      "steps[1].content",
      #"{"type":"sequence","tenant":"acme","id":"s","steps":[{"delay_s":0,"content":"a"},{"delay_s":0,"content":" "}]}"#,
      says: "not blank", "never sent"),
    Refusal(
      "steps[0].delay_s", #"{"type":"sequence","tenant":"acme","id":"s","steps":[{"content":"a"}]}"#,
      says: "no such key"),
    Refusal(
      "steps[0].delay_s",
      #"{"type":"sequence","tenant":"acme","id":"s","steps":[{"delay_s":-1,"content":"a"}]}"#,
      says: "0 to 315360000"),
    Refusal(
      "status", #"{"type":"sequence","tenant":"acme","id":"s","status":"on"}"#, says: "'draft', 'active'"),
    Refusal("phone", #"{"type":"lead","tenant":"acme","id":"L2"}"#, says: "the phone of a new lead"),
    Refusal(
      "phone", #"{"type":"lead","tenant":"acme","id":"L2","phone":"0123456789"}"#, says: "E.164",
      "the text \"0123456789\"", "does not guess"),
    Refusal(
      "phone", #"{"type":"lead","tenant":"acme","id":"L2","phone":"6.01E+10"}"#, says: "spreadsheet",
      "as text"),
    Refusal(
      "phone", #"{"type":"lead","tenant":"acme","id":"L2","phone":60123456789}"#, says: "double quotes"),
    Refusal("phone", #"{"type":"lead","tenant":"acme","id":"L2","phone":"123@lid"}"#, says: "messenger's id"),
    Refusal(
      "phone", #"{"type":"lead","tenant":"acme","id":"L2","phone":"+601110000001"}"#,
      says: "no other lead of tenant 'acme'", "of lead 'L1'"),
    Refusal(
      "device", #"{"type":"lead","tenant":"acme","id":"L2","phone":"+601110000002","device":"D9"}"#,
      says: "a device of tenant 'acme'", "the text \"D9\""),
    Refusal(
      "device", #"{"type":"lead","tenant":"acme","id":"L1","device":""}"#, says: "an id", "leave the key out"),
    Refusal(
      "attributes.a", #"{"type":"lead","tenant":"acme","id":"L1","attributes":{"a":{}}}"#, says: "an object"),
    Refusal("name", #"{"type":"lead","tenant":"acme","id":"L1","name":"a\u0000b"}"#, says: "U+0000"),
    Refusal("triggers[0]", #"{"type":"lead","tenant":"acme","id":"L1","triggers":[" "]}"#, says: "not blank"),
    Refusal(
      "opted_out",
      #"{"type":"lead","tenant":"acme","id":"L1","opted_out":true,"opted_out_at":"2026-11-22T09:00:00Z"}"#,
      says: "leave one of them out"),
    Refusal(
      "sequence", #"{"type":"enrolment","tenant":"acme","sequence":"x","lead":"L1"}"#, says: "a sequence of"),
    Refusal(
      "lead", #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L9"}"#, says: "a lead of"),
    Refusal(
      "assigned_device",
      #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","assigned_device":"D9"}"#,
      says: "a device of tenant 'acme'"),
    Refusal(
      "due_at",
      #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","due_at":"2026-11-22T09:00:00"}"#,
      says: "Z or an offset"),
    Refusal(
      "step", #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","step":3}"#,
      says: "1 to 2", "the number 3"),
    Refusal(
      "status", #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","status":"done"}"#,
      says: "'completed'"),
    Refusal(
      "reason", #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","status":"failed"}"#,
      says: "a reason for an enrolment that is failed"),
    Refusal(
      "status", #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","status":"queued"}"#,
      says: "the message of step 1"),
    Refusal(
      "moves", #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","moves":9223372036854775807}"#,
      says: "0 to 1000000000"),
    Refusal(
      "attempts", #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","attempts":1000000001}"#,
      says: "0 to 1000000000"),
    Refusal(
      "generation",
      #"{"type":"policy_change","tenant":"acme","generation":9223372036854775807,"at":"2026-11-22T09:00:00Z","actor":"e","action":"edit"}"#,
      says: "the tenant's next generation, 1"),
    Refusal(
      "revision", #"{"type":"policy_activation","tenant":"acme","generation":1,"position":1,"revision":"1"}"#,
      says: "sha256:"),
  ]

  @Test(arguments: refusals)
  func `a bad line is refused with its line and field, and nothing of the file is kept`(refusal: Refusal)
    throws
  {
    let store = try TestStore.acme()
    let before = try store.rows()
    let problem = try store.problem("\(Self.good)\n\(refusal.line)\n\(Self.good)\n")
    #expect(problem.line == 2)
    #expect(problem.field == refusal.field)
    for text in refusal.says { #expect(problem.text.contains(text), "\(problem)") }
    #expect(try store.rows() == before)
  }

  @Test(arguments: refusals)
  func `with skip-bad the other lines are kept and the bad one is listed`(refusal: Refusal) throws {
    let store = try TestStore.acme()
    let last = #"{"type":"device","tenant":"acme","id":"D3"}"#
    let result = try store.importing("\(Self.good)\n\(refusal.line)\n\n\(last)", skipBad: true)
    #expect(result.badLineCount == 1)
    #expect(result.badLines.map(\.line) == [2])
    #expect(result.badLines.map(\.field) == [refusal.field])
    #expect(result[.lead].created == 1)
    #expect(result[.device].created == 1)
    #expect(result.blankLineCount == 1)
    #expect(result.lineCount == 4)
  }

  @Test func `an error is one line that says where, what was expected and what was found`() throws {
    let problem = try TestStore.acme().problem(
      #"{"type":"device","tenant":"acme","id":"D1","limits":{"day":-5}}"#)
    #expect(
      problem.description == "line 1, limits.day: expected a whole number, 0 or more, found the number -5")
  }

  @Test func `I-51: a device of another tenant is unknown to this one`() throws {
    let store = try TestStore.acme()
    let problem = try store.problem(
      """
      {"type":"tenant","id":"globex"}
      {"type":"device","tenant":"globex","id":"B1"}
      {"type":"lead","tenant":"acme","id":"L2","phone":"+601110000002","device":"B1"}
      """)
    #expect(problem.line == 3)
    #expect(problem.field == "device")
    #expect(problem.text.contains("a device of tenant 'acme'"))
  }

  @Test func `I-51: a sequence and a lead of another tenant are unknown to this one`() throws {
    let store = try TestStore.acme()
    let globex = #"{"type":"tenant","id":"globex"}"#
    let enrolment = #"{"type":"enrolment","tenant":"globex","sequence":"welcome","lead":"L1"}"#
    #expect(try store.problem("\(globex)\n\(enrolment)").field == "sequence")
    let sequence =
      #"{"type":"sequence","tenant":"globex","id":"welcome","steps":[{"delay_s":0,"content":"x"}]}"#
    #expect(try store.problem("\(globex)\n\(sequence)\n\(enrolment)").field == "lead")
  }

  @Test func `I-21: the same phone twice is one lead, and the second names the first`() throws {
    let store = try TestStore()
    let problem = try store.problem(
      """
      {"type":"tenant","id":"acme"}
      {"type":"lead","tenant":"acme","id":"A","phone":"+601110000001"}
      {"type":"lead","tenant":"acme","id":"B","phone":"+601110000001"}
      """)
    #expect(problem.line == 3)
    #expect(problem.text.contains("of lead 'A'"))
    #expect(try store.value("SELECT count(*) FROM tenants") == 0)
  }

  @Test func `the same phone may belong to leads of two tenants`() throws {
    let result = try TestStore.acme().importing(
      """
      {"type":"tenant","id":"globex"}
      {"type":"lead","tenant":"globex","id":"L1","phone":"+601110000001"}
      """)
    #expect(result[.lead].created == 1)
  }

  @Test func `I-59: no accepted phone number is changed`() throws {
    let store = try TestStore.acme()
    for (index, phone) in ["+4930231250", "+15550100123", "+6011100000011"].enumerated() {
      try store.importing(#"{"type":"lead","tenant":"acme","id":"P\#(index)","phone":"\#(phone)"}"#)
      #expect(try store.value("SELECT phone FROM leads WHERE external_id = 'P\(index)'") == phone)
    }
  }

  @Test func `only the first thousand bad lines are kept with their text`() throws {
    let result = try TestStore().importing(String(repeating: "x\n", count: 1500), skipBad: true)
    #expect(result.badLineCount == 1500)
    #expect(result.badLines.count == 1000)
  }
}

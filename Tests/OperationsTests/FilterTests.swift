import Operations
import Routing
import Testing

/// The language of filters: what each form selects, and what an error says.
struct FilterTests {
  /// A contact's values.
  private static let row: [FilterField: FilterValue] = [
    FilterField("sequence"): .text("welcome"), FilterField("step"): .number(2), FilterField("status"): .text("waiting"),
    FilterField("due_at"): .time(Instant(rfc3339: "2026-11-22T09:00:00Z")!),
    FilterField("reason"): .text("no device can accept more"), FilterField("device"): .text("D1"),
    FilterField("priority"): .text("normal"), FilterField("tag"): .texts(["vip", "kl"]),
    FilterField("waitlist"): .text(#"{"tag":"vip","except":"D1"}"#), FilterField("lead"): .text("L1"),
    FilterField("phone"): .text("+60123456789"),
    FilterField("attributes", attribute: "city"): .text("Kuala Lumpur"),
    FilterField("attributes", attribute: "age"): .number(30),
    FilterField("attributes", attribute: "paid"): .boolean(true),
    FilterField("attributes", attribute: "code"): .text("7"),
  ]

  private func matches(_ text: String) throws -> Bool {
    try FilterParser.parse(text, of: .contact).matches { Self.row[$0] }
  }

  @Test(arguments: [
    "sequence=welcome", "sequence = \"welcome\"", "step>1", "step>=2 and step<=2 and step<3", "step!=1",
    "status in (waiting, queued)", "status ~ wait* or status=queued", "reason ~ \"*accept*\"", "reason ~ no?device*",
    "tag=vip", "tag=kl and tag!=gold", "tag in (gold, kl)", "tag ~ \"v*\"", "not tag=gold", "not not tag=vip",
    "due_at<2026-11-22T09:00:01Z", "due_at>=\"2026-11-22T09:00:00Z\"", "phone=+60123456789", "phone ~ \"+60*\"",
    "attributes.city=\"Kuala Lumpur\"", "attributes.age>29.5", "attributes.age=30.0", "attributes.paid=true",
    "attributes.code=\"7\"", "attributes.code!=7", "attributes.none!=1", "name!=Aina", "code!=faults",
    "tag=gold or tag=vip and step=2", "(tag=gold or tag=vip) and step=2", "priority=normal", "lead=L1 AND NOT step=9",
    "sequence<welcomf", "sequence>Welcome", "waitlist != fleet", "step=2e0", "waitlist ~ \"*vip*\"",
    #"waitlist={"tag":"vip","except":"D1"}"#, #"(waitlist = { "except": "D1", "tag": "vip" }) and step=2"#,
    #"waitlist in (fleet, {"tag":"vip","except":"D1"}, D1)"#, #"waitlist="{\"tag\":\"vip\",\"except\":\"D1\"}""#,
    #"waitlist!={"tag":"a } b"}"#, #"waitlist!={"device":"D1"}"#,
  ])
  func `these match`(text: String) throws { #expect(try matches(text)) }

  @Test(arguments: [
    "sequence=Welcome", "step<2", "tag=VIP", "attributes.none=1", "attributes.none<1", "attributes.none ~ \"*\"",
    "name=Aina", "name<z", "attributes.code=7", "attributes.age=\"30\"", "attributes.paid=false",
    "attributes.paid<true",
    "attributes.city>5", "tag=gold or tag=vip and step=3", "(tag=gold or tag=vip) and step=3", "not step in (1, 2)",
    "reason ~ accept", "reason ~ \"*ACCEPT*\"", "tag!=vip", "status=scheduled", "code ~ \"*\"",
  ])
  func `these do not match`(text: String) throws { #expect(try !matches(text)) }

  @Test(arguments: [
    ("", "filter, column 1: expected the name of a field, found the end of the filter"),
    ("sequenc=a", "filter, column 1: expected a field of a contact, found 'sequenc'; the nearest is 'sequence'"),
    ("step=1 and tga=vip", "filter, column 12: expected a field of a contact, found 'tga'; the nearest is 'tag'"),
    ("step=one", "filter, column 6: expected a number for 'step', found 'one'"),
    ("step=\"1\"", "filter, column 6: expected a number for 'step', found \"1\""),
    ("step=0x10", "filter, column 6: expected a number for 'step', found '0x10'"),
    (
      "step ~ 1",
      "filter, column 6: expected '=', '!=', '<', '<=', '>' or '>=' after 'step', found '~', which compares texts"
    ),
    (
      "priority>normal",
      "filter, column 9: expected '=', '!=', '~' or 'in' after 'priority', found '>': its values have no order"
    ),
    ("due_at<monday", "filter, column 8: expected a time such as 2026-11-22T09:00:00Z for 'due_at', found 'monday'"),
    ("status=waitin", "; the nearest is 'waiting'"),
    ("reason=\"open", "filter, column 8: expected the end of a text in quotes, found none"),
    ("reason=no device", "filter, column 11: expected 'and', 'or' or the end of the filter, found 'device'"),
    ("(step=1", "filter, column 8: expected ')', found the end of the filter"),
    ("step in 1", "filter, column 9: expected '(' and the values, as in: status in (waiting, queued), found '1'"),
    ("step in (1 2)", "filter, column 12: expected ',' or ')', found '2'"),
    ("step", "expected one of '=', '!=', '<', '<=', '>', '>=', '~' and 'in' after 'step', found the end of the filter"),
    ("step ! 1", "after 'step', found '!'"),
    ("tag==vip", "filter, column 5: expected a value, found '='"),
    ("attributes.=1", "expected a field of a contact, found 'attributes.'"),
    ("city=KL", "the fields are sequence, step"),
    (
      #"waitlist={"tags":"vip"}"#,
      #"filter, column 10: expected a waitlist, found {"tags":"vip"}; write fleet, a device's id, or an object with 'tag'"#
    ),
    (#"step=1 and waitlist={"tag":7}"#, "filter, column 21: expected a waitlist, found"),
    (#"waitlist={}"#, "expected a waitlist, found {}"),
    (#"waitlist={"device":"D1","tag":"a"}"#, "expected a waitlist, found"),
    (#"waitlist={"tag":"vip""#, "expected a waitlist, found {; write fleet"),
  ])
  func `an error names the column, what was expected and the nearest name`(text: String, message: String) {
    #expect {
      try FilterParser.parse(text, of: .contact)
    } throws: { error in
      (error as? Problem)?.code == .invalidInput && (error as? Problem)?.message.contains(message) == true
    }
  }

  @Test func `a device's waitlist may be written as in answers`() throws {
    let filter = try FilterParser.parse(#"waitlist={"device":"D7"}"#, of: .contact)
    #expect(filter.matches { $0 == FilterField("waitlist") ? .text("D7") : nil })
  }

  @Test func `a filter is bounded in length and depth`() {
    for text in [
      String(repeating: "(", count: 200) + "step=1" + String(repeating: ")", count: 200),
      "reason=" + String(repeating: "x", count: 10_001),
    ] {
      #expect(code { _ = try FilterParser.parse(text, of: .contact) } == .invalidInput)
    }
    // Neither many conditions nor a long pattern costs more than their product.
    let many = Array(repeating: "not step=1", count: 600).joined(separator: " and ")
    #expect(throws: Never.self) { try matches(many) }
    let stars = "reason ~ " + String(repeating: "*a", count: 400)
    #expect(throws: Never.self) { try matches(stars) }
  }

  @Test func `each subject has its own fields`() throws {
    for (text, subject) in [
      ("tag=vip and lead_tag=vip and attributes.x=1", FilterSubject.lead), ("platform=android or account=a", .device),
      ("id in (acme, globex)", .tenant), ("waitlist=fleet and code ~ \"*\"", .contact),
    ] {
      #expect(throws: Never.self) { try FilterParser.parse(text, of: subject) }
    }
    for (text, subject) in [("step=1", FilterSubject.lead), ("attributes.x=1", .tenant), ("lead=a", .device)] {
      #expect(code { _ = try FilterParser.parse(text, of: subject) } == .invalidInput)
    }
  }
}

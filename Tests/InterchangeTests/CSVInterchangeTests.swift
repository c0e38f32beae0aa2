import Routing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct CSVInterchangeTests {
  @Test func `leads are imported with their lists and attributes`() throws {
    let store = try TestStore.acme()
    let result = try store.importing(
      """
      tenant,id,phone,name,triggers,tags,attributes.city,attributes.age
      acme,L2,+601110000002,"Tan, Wei",NEW|VIP,a|b\\|c,KL,41
      acme,L3,+601110000003,,,,"",
      """, as: .csv(.lead))
    #expect(result[.lead] == .init(created: 2))
    #expect(
      try store.value("SELECT name || tags || attributes FROM leads WHERE external_id = 'L2'")
        == #"Tan, Wei["a","b|c"]{"city":"KL","age":41}"#)
    #expect(try store.value("SELECT count(*) FROM lead_triggers WHERE lead_id = 2") == 2)
    #expect(try store.value("SELECT attributes FROM leads WHERE external_id = 'L3'") == "{}")
  }

  @Test func `an empty cell changes nothing`() throws {
    let store = try TestStore.acme()
    let before = try store.rows()
    let text = "tenant,id,name,limit_hour,limit_day,pace_min_s,pace_max_s\nacme,D1,,,,,\n"
    #expect(try !store.importing(text, as: .csv(.device)).hasChanged)
    #expect(try store.rows() == before)
  }

  @Test func `limits and pace have separate columns`() throws {
    let store = try TestStore.acme()
    try store.importing(
      "tenant,id,limit_minute,limit_queue,pace_min_s,pace_max_s,tags\r\nacme,D1,3,5,0.5,2,kl|vip\r\n",
      as: .csv(.device))
    #expect(
      try store.exported().contains(
        #""limits":{"minute":3,"hour":80,"day":null,"queue":5},"pace_s":[0.5,2],"tags":["kl","vip"]"#))
  }

  @Test(
    arguments: [
      ("tenant,id,phnoe\nacme,L2,+601110000002", CSVTable.lead, 1, "phnoe", "nearest is 'phone'"),
      ("tenant,id,colour\nacme,L2,x", .lead, 1, "colour", "attributes.NAME"),
      ("tenant,id,colour\nacme,D1,x", .device, 1, "colour", "attributes.NAME"),
      ("tenant,id,phone\nacme,L2,+601110000002\nacme,L3,6.01E+10", .lead, 3, "phone", "spreadsheet"),
      ("tenant,id,limit_hour\nacme,D1,many", .device, 2, "limit_hour", "a whole number"),
      ("tenant,id,limit_hour\nacme,D1,-1", .device, 2, "limit_hour", "0 or more"),
      ("tenant,id,pace_min_s\nacme,D1,1", .device, 2, "pace_max_s", "both"),
      ("tenant,id,pace_min_s,pace_max_s\nacme,D1,3,1", .device, 2, "pace_min_s", "least ≤ most"),
      ("tenant,id,status\nacme,D1,on", .device, 2, "status", "'online'"),
      ("tenant,id,tags\nacme,D1,a||b", .device, 2, "tags", "not blank"),
      ("tenant,id,opted_out\nacme,L1,yes", .lead, 2, "opted_out", "true or false"),
      ("tenant,id,device\nacme,L1,D9", .lead, 2, "device", "a device of tenant"),
      ("tenant,phone\nacme,+601110000002", .lead, 2, "id", "no such key"),
      ("tenant,id\nacme,L1,x", .lead, 2, nil, "2 columns"),
    ] as [(String, CSVTable, Int, String?, String)])
  func `a bad cell is refused with its line and column, and nothing is kept`(
    text: String, table: CSVTable, line: Int, column: String?, says: String
  ) throws {
    let store = try TestStore.acme()
    let before = try store.rows()
    let problem = try store.problem(text, as: .csv(table))
    #expect(problem.line == line)
    #expect(problem.field == column)
    #expect(problem.text.contains(says), "\(problem)")
    #expect(try store.rows() == before)
  }

  @Test func `with skip-bad the other rows are kept`() throws {
    let store = try TestStore.acme()
    let result = try store.importing(
      "tenant,id,phone\nacme,L2,0123\nacme,L3\nacme,L4,+601110000004\n", as: .csv(.lead), skipBad: true)
    #expect(result.badLines.map(\.line) == [2, 3])
    #expect(result[.lead] == .init(created: 1))
    #expect(result.lineCount == 3)
  }

  @Test func `an attribute that looks like another type stays a string`() throws {
    let store = try TestStore.acme()
    let attributes = #"{"a":"5","b":5,"c":"true","d":true,"e":"","f":"plain","g":"\"q\"","h":" 5"}"#
    try store.importing(#"{"type":"lead","tenant":"acme","id":"L1","attributes":\#(attributes)}"#)
    let csv = try store.exported(.csv(.lead))
    try store.execute("UPDATE leads SET attributes = '{}'")
    try store.importing(csv, as: .csv(.lead))
    #expect(try store.value("SELECT attributes FROM leads") == attributes)
  }

  @Test func `cells that a spreadsheet would run are marked on request`() throws {
    let store = try TestStore.acme()
    try store.importing(#"{"type":"lead","tenant":"acme","id":"L1","name":"=1+1"}"#)
    #expect(try store.exported(.csv(.lead, neutralising: true)).contains(",'=1+1,"))
    #expect(try store.exported(.csv(.lead)).contains(",=1+1,"))
  }
}

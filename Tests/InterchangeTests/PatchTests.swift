import Routing
import Testing
import Wire

@testable import StoreSQL
@testable import StoreSQLite

struct PatchTests {
  @Test func `importing the same file twice writes no row`() throws {
    let store = try TestStore.acme()
    let (before, changes) = (try store.rows(), try store.changes)
    let later = TestStore.now.advanced(bySeconds: 3600)
    let result = try store.importing(TestStore.acmeLines, at: later)
    #expect(!result.hasChanged)
    #expect(result[.device] == ImportCounts(unchanged: 2))
    #expect(result[.sequence] == ImportCounts(unchanged: 1))
    #expect(try store.rows() == before)
    #expect(try store.changes == changes)
  }

  @Test func `a line that names only its id changes nothing`() throws {
    let store = try TestStore.acme()
    let before = try store.rows()
    let result = try store.importing(
      """
      {"type":"tenant","id":"acme"}
      {"type":"device","tenant":"acme","id":"D1"}
      {"type":"sequence","tenant":"acme","id":"welcome"}
      {"type":"lead","tenant":"acme","id":"L1"}
      """)
    #expect(!result.hasChanged)
    #expect(try store.rows() == before)
  }

  @Test func `a line updates the fields it names and nothing else`() throws {
    let store = try TestStore.acme()
    try store.importing(
      #"{"type":"device","tenant":"acme","id":"D1","name":"Sales","phone":"+601110009999","pace_s":[1,3],"tags":["kl"]}"#
    )
    let result = try store.importing(#"{"type":"device","tenant":"acme","id":"D1","limits":{"day":800}}"#)
    #expect(result[.device] == ImportCounts(updated: 1))
    #expect(
      try store.exported().contains(
        #""id":"D1","name":"Sales","phone":"+601110009999","status":"online","gateway":"log","platform":"","#
          + #""limits":{"minute":null,"hour":80,"day":800,"queue":null},"pace_s":[1,3],"tags":["kl"]"#))
  }

  @Test func `null clears optional fields and resets the others to their defaults`() throws {
    let store = try TestStore.acme()
    try store.importing(
      #"{"type":"device","tenant":"acme","id":"D1","name":"Sales","phone":"+601110009999","pace_s":2,"tags":["kl"]}"#
    )
    try store.importing(
      #"{"type":"device","tenant":"acme","id":"D1","name":null,"phone":null,"limits":null,"pace_s":null,"tags":null}"#
    )
    #expect(
      try store.exported().contains(
        #""id":"D1","name":"D1","phone":null,"status":"online","gateway":"log","platform":"","#
          + #""limits":{"minute":null,"hour":null,"day":null,"queue":null},"pace_s":[0,0],"tags":[]"#))
  }

  @Test func `params and attributes are merged into existing ones, and null removes one`() throws {
    let store = try TestStore.acme()
    try store.importing(
      #"{"type":"lead","tenant":"acme","id":"L1","attributes":{"city":"KL","age":30,"x":3.0}}"#)
    try store.importing(#"{"type":"lead","tenant":"acme","id":"L1","attributes":{"age":null,"vip":true}}"#)
    #expect(
      try store.value("SELECT attributes FROM leads WHERE external_id = 'L1'")
        == #"{"city":"KL","x":3.0,"vip":true}"#)
  }

  @Test func `I-02: a device may be unassigned only by null`() throws {
    let store = try TestStore.acme()
    try store.importing(#"{"type":"lead","tenant":"acme","id":"L1","device":null}"#)
    #expect(try store.value("SELECT device_id IS NULL FROM leads") == true)
    #expect(try store.problem(#"{"type":"lead","tenant":"acme","id":"L1","device":""}"#).field == "device")
  }

  @Test func `I-56: a sequence that is renamed keeps its steps, their delays and its status`() throws {
    let store = try TestStore.acme()
    try store.importing(#"{"type":"sequence","tenant":"acme","id":"welcome","status":"paused"}"#)
    let steps: String? = try store.value("SELECT group_concat(id || delay_ms || content) FROM sequence_steps")
    try store.importing(#"{"type":"sequence","tenant":"acme","id":"welcome","name":"Welcome!"}"#)
    #expect(try store.value("SELECT group_concat(id || delay_ms || content) FROM sequence_steps") == steps)
    #expect(try store.value("SELECT status FROM sequences") == "paused")
  }

  @Test func `I-56: a step that is edited keeps its key`() throws {
    let store = try TestStore.acme()
    let result = try store.importing(
      #"{"type":"sequence","tenant":"acme","id":"welcome","steps":[{"delay_s":0.5,"content":"Hello"},{"delay_s":60,"content":"Still there?"},{"delay_s":60,"content":"Bye"}]}"#
    )
    #expect(result[.sequence] == ImportCounts(updated: 1))
    #expect(
      try store.value("SELECT group_concat(id || ' ' || delay_ms || ' ' || content, ';') FROM sequence_steps")
        == "1 500 Hello;2 60000 Still there?;3 60000 Bye")
  }

  @Test func `a list of steps may drop those that nothing refers to`() throws {
    let store = try TestStore.acme()
    let shorter =
      #"{"type":"sequence","tenant":"acme","id":"welcome","steps":[{"delay_s":0,"content":"Hi"}]}"#
    try store.importing(#"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","step":2}"#)
    let problem = try store.problem(shorter)
    #expect(problem.field == "steps")
    #expect(problem.text.contains("at least 2 steps, found 1"))
    try store.importing(#"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","step":1}"#)
    try store.importing(shorter)
    #expect(try store.value("SELECT count(*) FROM sequence_steps") == 1)
  }

  @Test func `a trigger that was consumed once stays consumed`() throws {
    let store = try TestStore.acme()
    try store.execute("UPDATE lead_triggers SET consumed_at = 1, consumed_reason = 'enrolled'")
    let result = try store.importing(#"{"type":"lead","tenant":"acme","id":"L1","triggers":["NEW"]}"#)
    #expect(result[.lead] == ImportCounts(unchanged: 1))
    #expect(try store.value("SELECT consumed_reason FROM lead_triggers") == "enrolled")
  }

  @Test func `an open trigger that is no longer listed is withdrawn, and a new one is added`() throws {
    let store = try TestStore.acme()
    let result = try store.importing(#"{"type":"lead","tenant":"acme","id":"L1","triggers":["VIP"]}"#)
    #expect(result[.lead] == ImportCounts(updated: 1))
    #expect(
      try store.value("SELECT group_concat(trigger || ifnull(consumed_reason, '')) FROM lead_triggers")
        == "NEWwithdrawn,VIP")
  }

  @Test func `I-49: triggers are stored separately and exactly as written`() throws {
    let store = try TestStore.acme()
    try store.importing(#"{"type":"lead","tenant":"acme","id":"L1","triggers":["NEW","NEWS","new","A,B"]}"#)
    #expect(
      try store.value(
        "SELECT group_concat(trigger, ';') FROM (SELECT * FROM lead_triggers WHERE consumed_at IS NULL ORDER BY id)"
      )
        == "NEW;NEWS;new;A,B")
  }

  @Test func `I-50: withdrawing a trigger touches no other lead and no other tenant`() throws {
    let store = try TestStore.acme()
    try store.importing(
      """
      {"type":"tenant","id":"globex"}
      {"type":"lead","tenant":"globex","id":"L1","phone":"+601110000001","triggers":["NEW"]}
      {"type":"lead","tenant":"acme","id":"L2","phone":"+601110000002","triggers":["NEW"]}
      {"type":"lead","tenant":"acme","id":"L1","triggers":[]}
      """)
    #expect(try store.value("SELECT count(*) FROM lead_triggers WHERE consumed_at IS NULL") == 2)
  }

  @Test func `a lead that opted out keeps the time of the opt-out, and no file revokes it`() throws {
    let store = try TestStore.acme()
    try store.importing(#"{"type":"lead","tenant":"acme","id":"L1","opted_out":true}"#)
    let later = TestStore.now.advanced(bySeconds: 60)
    let result = try store.importing(
      #"{"type":"lead","tenant":"acme","id":"L1","opted_out":true}"#, at: later)
    #expect(result[.lead] == ImportCounts(unchanged: 1))
    #expect(try store.value("SELECT opted_out_at FROM leads") == TestStore.now.milliseconds)
    #expect(throws: ImportProblem.self) {
      try store.importing(#"{"type":"lead","tenant":"acme","id":"L1","opted_out":false}"#)
    }
    #expect(try store.value("SELECT opted_out_at FROM leads") == TestStore.now.milliseconds)
  }

  @Test func `a retired device stays retired`() throws {
    let store = try TestStore.acme()
    try store.importing(#"{"type":"device","tenant":"acme","id":"D2","status":"retired"}"#)
    try store.importing(#"{"type":"device","tenant":"acme","id":"D2","name":"Two"}"#)
    #expect(try store.value("SELECT status FROM user_devices WHERE external_id = 'D2'") == "retired")
    #expect(throws: ImportProblem.self) {
      try store.importing(#"{"type":"device","tenant":"acme","id":"D2","status":"online"}"#)
    }
    #expect(try store.value("SELECT status FROM user_devices WHERE external_id = 'D2'") == "retired")
  }

  @Test func `a device's change of status is an event on record`() throws {
    let store = try TestStore.acme()
    try store.importing(#"{"type":"device","tenant":"acme","id":"D2","status":"offline"}"#)
    #expect(
      try store.exported().contains(
        #"{"type":"device_event","tenant":"acme","device":"D2","kind":"status","#
          + #""detail":"online to offline: imported","actor":"import","at":"2026-11-22T09:00:00Z"}"#))
  }

  @Test func `a device with open enrolments is not retired`() throws {
    let store = try TestStore.acme()
    try store.importing(#"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1"}"#)
    let problem = try store.problem(#"{"type":"device","tenant":"acme","id":"D1","status":"retired"}"#)
    #expect(problem.field == "status")
    #expect(problem.text.contains("1 are assigned to it"))
  }

  @Test func `a new phone of a lead reaches its open enrolments`() throws {
    let store = try TestStore.acme()
    try store.importing(#"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1"}"#)
    try store.importing(#"{"type":"lead","tenant":"acme","id":"L1","phone":"+601110000077"}"#)
    #expect(try store.value("SELECT contact_phone FROM sequence_contacts") == "+601110000077")
  }

  @Test func `ids that differ only in how a letter is composed are two ids`() throws {
    let store = try TestStore.acme()
    let result = try store.importing(
      "{\"type\":\"device\",\"tenant\":\"acme\",\"id\":\"caf\u{E9}\"}\n"
        + "{\"type\":\"device\",\"tenant\":\"acme\",\"id\":\"cafe\u{301}\"}")
    #expect(result[.device].created == 2)
  }
}

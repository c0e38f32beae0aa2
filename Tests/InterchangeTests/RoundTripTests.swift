import Routing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct RoundTripTests {
  @Test func `a store of every type comes out of a new store byte for byte, keys included`() throws {
    let store = try everything()
    let export = try store.exported()
    let copy = try TestStore()
    let result = try copy.importing(export, at: Instant(milliseconds: 1))
    for type in InterchangeType.allCases {
      // A new store has a list of guards already.
      #expect(result[type].created + (type == .guards ? result[type].updated : 0) > 0, "\(type) is missing")
    }
    #expect(try copy.exported() == export)
    #expect(try copy.rows() == store.rows())
  }

  @Test func `importing an export into its own store changes nothing`() throws {
    let store = try everything()
    let before = try store.rows()
    let result = try store.importing(try store.exported(), at: Instant(milliseconds: 1))
    #expect(!result.hasChanged)
    #expect(try store.rows() == before)
  }

  @Test func `importing an export twice into a new store changes nothing the second time`() throws {
    let export = try everything().exported()
    let copy = try TestStore()
    try copy.importing(export)
    #expect(try !copy.importing(export).hasChanged)
    #expect(try copy.exported() == export)
  }

  @Test func `the export of one tenant has nothing of another`() throws {
    let store = try everything()
    try store.importing(
      """
      {"type":"tenant","id":"globex"}
      {"type":"device","tenant":"globex","id":"B1"}
      {"type":"lead","tenant":"globex","id":"G1","phone":"+4930231250","triggers":["NEW"]}
      """)
    let acme = try store.exported(tenant: "acme")
    #expect(!acme.contains("globex"))
    let globex = try store.exported(tenant: "globex")
    #expect(!globex.contains("acme"))
    let copy = try TestStore()
    try copy.importing(globex)
    try copy.importing(acme)
    #expect(try copy.exported(tenant: "acme") == acme)
    #expect(try copy.exported(tenant: "globex") == globex)
    #expect(throws: ExportError.unknownTenant("nobody")) { try store.exported(tenant: "nobody") }
  }

  @Test func `history is added to and never rewritten`() throws {
    let store = try everything()
    let other = HistoryLines.message(step: 1, decision: 1, device: "D1", status: "failed")
    let problem = try store.problem(other)
    #expect(problem.field == "step")
    #expect(problem.message.contains("history is not rewritten"))
  }

  @Test func `a decision comes after the one before it`() throws {
    let problem = try everything().problem(HistoryLines.decision(9, step: 2, device: "D1"))
    #expect(problem.field == "number")
    #expect(problem.message.contains("expected 4, the next decision of the enrolment"))
  }

  @Test func `the decisions of an enrolment are linked in their order`() throws {
    let copy = try TestStore()
    try copy.importing(try everything().exported())
    #expect(
      try copy.value("SELECT group_concat(id || ':' || ifnull(previous_id, '-')) FROM decisions")
        == "1:-,2:1,3:2")
    #expect(try copy.value("SELECT last_decision_id FROM sequence_contacts") == 3)
  }

  @Test func `with skip-bad a line that fails first does not spoil those after it`() throws {
    let lines = try everything().exported().split(separator: "\n")
    let at = lines.firstIndex { $0.contains(#""type":"decision""#) }!
    var broken = lines
    broken.insert(Substring(HistoryLines.decision(7, step: 1, device: "D1")), at: at)
    let copy = try TestStore()
    let result = try copy.importing(broken.joined(separator: "\n"), skipBad: true)
    #expect(result.badLineCount == 1)
    #expect(try copy.exported() == lines.joined(separator: "\n") + "\n")
  }

  /// A store with rows in every table, among them two that differ in nothing but their key.
  private func everything() throws -> TestStore {
    let store = try TestStore.acme()
    let of = HistoryLines.enrolment
    try store.importing(
      """
      {"type":"device","tenant":"acme","id":"D1","paused_until":"2026-11-22T10:00:00Z","pause_reason":"rate","last_sent_at":"2026-11-22T09:00:02.5Z","pace_s":[0.5,3]}
      {"type":"lead","tenant":"acme","id":"L1","name":"Aina \\"A\\" 🙂","tags":["vip","a|b"],"attributes":{"x":3.0,"y":null,"z":true}}
      {"type":"trigger","tenant":"acme","lead":"L1","trigger":"OLD","consumed_at":"2026-11-22T08:00:00Z","consumed_reason":"enrolled"}
      {"type":"trigger","tenant":"acme","lead":"L1","trigger":"NEW","next_at":"2026-11-22T10:00:00Z","wait_reason":"quota"}
      {"type":"enrolment",\(of),"assigned_device":"D2","last_device":"D1","step":2,"status":"waiting","reason":"full","due_at":"2026-11-22T09:00:00Z","next_at":"2026-11-22T09:05:00Z","capacity_at":"2026-11-22T09:04:00Z","attempts":2}
      {"type":"guards","guards":[{"guard":"move_limit","params":{}},{"guard":"quiet_hours","params":{"from":20}}]}
      {"type":"guard_params","tenant":"acme","guard":"quiet_hours","params":{"to":9,"label":"Ü"}}
      \(HistoryLines.revision)
      {"type":"policy_activation","tenant":"acme","generation":1,"position":1,"revision":"\(HistoryLines.digest)","at":"2026-11-22T08:00:00Z"}
      {"type":"policy_change","tenant":"acme","generation":2,"at":"2026-11-22T08:10:00Z","actor":"ann","action":"canary","reason":"half price","origin":"new/fallback.lua","params":{"w":900},"canary_share":100000,"canary_since":2,"canary_params":{"w":600},"canary_guards":{"faults":"+1%","least":50},"shadow_share":1000000,"shadow_since":1,"shadow_params":{}}
      {"type":"policy_activation","tenant":"acme","generation":2,"position":1,"revision":"\(HistoryLines.digest)","at":"2026-11-22T08:10:00Z","policy":"mine"}
      {"type":"policy_activation","tenant":"acme","generation":2,"position":1,"revision":"\(HistoryLines.digest)","at":"2026-11-22T08:10:00Z","policy":"mine","role":"canary"}
      {"type":"policy_change","tenant":"acme","generation":3,"at":"2026-11-22T08:20:00Z","actor":"usher","action":"rollback","evidence":{"guard":"faults","bound":"+1%"}}
      {"type":"policy_text","tenant":"acme","policy":"mine","digest":"\(HistoryLines.digest)","at":"2026-11-22T08:20:00Z"}
      {"type":"canary_tally","tenant":"acme","generation":2,"role":"canary","decided":9,"judged":7,"faults":1,"waiting":2,"moved":3,"sent":4,"failed":5}
      {"type":"shadow_tally","tenant":"acme","generation":2,"compared":9,"agreed":7,"faults":1,"live_faults":0,"not_asked":2,"instructions":99,"instructions_max":20,"live_instructions":80,"live_instructions_max":10}
      {"type":"shadow_difference","tenant":"acme","generation":2,"live_outcome":"use","live_reason":"owner","shadow_outcome":"wait","shadow_reason":"no","decisions":2}
      {"type":"shadow_sample","tenant":"acme","generation":2,"number":1,"contact":"welcome/L1","at":"2026-11-22T08:15:00Z","live_outcome":"use","live_device":"D1","live_reason":"owner","shadow_outcome":"wait","shadow_reason":"no","shadow_instructions":12}
      {"type":"policy_refusal","tenant":"acme","policy":"x","refusal":"line 1: no","at":"2026-11-22T08:00:00Z"}
      \(HistoryLines.decision(1, step: 1, device: "D1"))
      {"type":"decision",\(of),"number":2,"step":2,"outcome":"wait","assigned_device":"D1","reason":"boom","revision":"\(HistoryLines.digest)","seed":8,"instructions":0,"until":"2026-11-22T09:01:00Z","error_kind":"runtime","error_line":3,"notes":["a","b"],"at":"2026-11-22T09:00:01Z","fleet":1,"due_at":"2026-11-22T09:00:00Z","attempts":0,"utc_offset_minutes":-300,"messages_day":2,"moves":1,"narrowed":{"outcome":"move","device":"D2","reason":"why","revision":"\(HistoryLines.digest)"}}
      \(HistoryLines.decision(3, step: 2, device: "D2"))
      {"type":"fleet_record","tenant":"acme","number":1,"generation":1,"at":"2026-11-22T09:00:01Z","body":"AQA="}
      {"type":"lead_history",\(of),"number":2,"name":"A","tags":[],"attributes":{}}
      {"type":"enrolment_history",\(of),"number":2,"id":"old","phone":"+601110000009"}
      {"type":"step_history",\(of),"number":2,"step":2,"content":"Old"}
      {"type":"message",\(of),"step":1,"decision":1,"phone":"+601110000001","device":"D1","content":"Hi\\n{x}","status":"sent","attempts":1,"created_at":"2026-11-22T09:00:01Z","sent_at":"2026-11-22T09:00:02Z","gateway_message_id":"g1"}
      {"type":"attempt",\(of),"step":1,"number":1,"device":"D1","epoch":3,"started_at":"2026-11-22T09:00:01Z","finished_at":"2026-11-22T09:00:02Z","outcome":"accepted","gateway_message_id":"g1"}
      {"type":"assignment",\(of),"device":"D1","reason":"lead","actor":"enrol","at":"2026-11-22T08:59:00Z"}
      {"type":"assignment",\(of),"device":"D2","decision":3,"reason":"moved","actor":"reassign","at":"2026-11-22T09:00:01Z"}
      {"type":"device_event","tenant":"acme","device":"D1","kind":"status","detail":"online","actor":"gateway","at":"2026-11-22T08:00:00Z"}
      {"type":"device_event","tenant":"acme","device":"D1","kind":"status","detail":"online","actor":"gateway","at":"2026-11-22T08:00:00Z"}
      {"type":"audit","actor":"root","action":"init","subject":"store","at":"2026-11-22T08:00:00Z"}
      {"type":"device_event","tenant":"acme","device":"D1","kind":"resumed","actor":"ann","system_user":"root","at":"2026-11-22T08:00:00Z"}
      {"type":"audit","actor":"ann","system_user":"root (sudo by bob)","action":"import","subject":"store","detail":"1 created","reason":"r","file":"a.jsonl","digest":"\(HistoryLines.digest)","counts":{"lead":{"created":1,"updated":0,"unchanged":0}},"at":"2026-11-22T08:00:00Z"}
      {"type":"audit","tenant":"acme","actor":"ann","action":"pause","subject":"D1","detail":"x","at":"2026-11-22T08:00:00Z"}
      """)
    #expect(try store.value("SELECT count(*) FROM assignments") == 2)
    #expect(try store.value("SELECT count(*) FROM device_events") == 3)
    return store
  }
}

import Routing
import RoutingTestKit
import Testing

struct RoundTripTests {
  @Test(arguments: StoreFactory.all) func `a store of every type comes out of a new store byte for byte, keys included`(
    factory: StoreFactory
  ) throws {
    let full = try everything(factory)
    let export = try full.store.exported()
    let copy = try factory.make()
    let result = try copy.store.importing(export, at: Instant(milliseconds: 1))
    for type in InterchangeType.allCases {
      // A new store already has a list of guards.
      #expect(result[type].created + (type == .guards ? result[type].updated : 0) > 0, "\(type) is missing")
    }
    #expect(try copy.store.exported() == export)
    #expect(try copy.allRows() == full.allRows())
  }

  @Test(arguments: StoreFactory.all) func `importing an export into its own store changes nothing`(
    factory: StoreFactory
  ) throws {
    let full = try everything(factory)
    let before = try full.allRows()
    let result = try full.store.importing(try full.store.exported(), at: Instant(milliseconds: 1))
    #expect(!result.hasChanged)
    #expect(try full.allRows() == before)
  }

  @Test(arguments: StoreFactory.all) func `importing an export twice into a new store changes nothing the second time`(
    factory: StoreFactory
  ) throws {
    let export = try everything(factory).store.exported()
    let copy = try factory.make()
    try copy.store.importing(export)
    #expect(try !copy.store.importing(export).hasChanged)
    #expect(try copy.store.exported() == export)
  }

  @Test(arguments: StoreFactory.all) func `the export of one tenant has no data of another`(factory: StoreFactory)
    throws
  {
    let full = try everything(factory)
    try full.store.importing(
      """
      {"type":"tenant","id":"globex"}
      {"type":"device","tenant":"globex","id":"B1"}
      {"type":"lead","tenant":"globex","id":"G1","phone":"+4930231250","triggers":["NEW"]}
      """)
    let acme = try full.store.exported(tenant: "acme")
    #expect(!acme.contains("globex"))
    let globex = try full.store.exported(tenant: "globex")
    #expect(!globex.contains("acme"))
    let copy = try factory.make()
    try copy.store.importing(globex)
    try copy.store.importing(acme)
    #expect(try copy.store.exported(tenant: "acme") == acme)
    #expect(try copy.store.exported(tenant: "globex") == globex)
    #expect(throws: ExportError.unknownTenant("nobody")) { try full.store.exported(tenant: "nobody") }
  }

  @Test(arguments: StoreFactory.all) func `history is extended and never rewritten`(factory: StoreFactory) throws {
    let full = try everything(factory)
    let other = HistoryLines.message(step: 1, decision: 1, device: "D1", status: "failed")
    let problem = try #require(throws: ImportProblem.self) { try full.store.importing(other) }
    #expect(problem.field == "step")
    #expect(problem.text.contains("imports never rewrite history"))
  }

  @Test(arguments: StoreFactory.all) func `a decision comes after the one before it`(factory: StoreFactory) throws {
    let full = try everything(factory)
    let problem = try #require(throws: ImportProblem.self) {
      try full.store.importing(HistoryLines.decision(9, step: 2, device: "D1"))
    }
    #expect(problem.field == "number")
    #expect(problem.text.contains("expected 6, the next decision of the enrolment"))
  }

  @Test(arguments: StoreFactory.all) func `the decisions of an enrolment are linked in their order`(
    factory: StoreFactory
  ) throws {
    let copy = try factory.make()
    try copy.store.importing(try everything(factory).store.exported())
    #expect(
      try copy.rows("SELECT id, previous_id FROM decisions ORDER BY id")
        == [["1", "-"], ["2", "1"], ["3", "2"], ["4", "3"], ["5", "4"]])
    #expect(try copy.rows("SELECT last_decision_id FROM sequence_contacts") == [["5"]])
  }

  @Test(arguments: StoreFactory.all) func `with skip-bad a first line that fails does not affect later ones`(
    factory: StoreFactory
  ) throws {
    let lines = try everything(factory).store.exported().split(separator: "\n")
    let at = lines.firstIndex { $0.contains(#""type":"decision""#) }!
    var broken = lines
    broken.insert(Substring(HistoryLines.decision(7, step: 1, device: "D1")), at: at)
    let copy = try factory.make()
    let result = try copy.store.importing(broken.joined(separator: "\n"), skipBad: true)
    #expect(result.badLineCount == 1)
    #expect(try copy.store.exported() == lines.joined(separator: "\n") + "\n")
  }

  @Test(arguments: UInt64(1)...4)
  func `an export that passes through every engine stays the same byte for byte`(seed: UInt64) throws {
    let first = try StoreFactory.all[0].make()
    try first.store.importing(RandomStore.lines(seed: seed))
    let export = try first.store.exported()
    for factory in StoreFactory.all.dropFirst() + StoreFactory.all.prefix(1) {
      let copy = try factory.make()
      try copy.store.importing(export, at: Instant(milliseconds: 1))
      #expect(try copy.store.exported() == export, "\(factory), seed \(seed)")
      #expect(try copy.allRows() == first.allRows(), "\(factory), seed \(seed)")
    }
  }

  /// A store with rows in every table, two of which differ only in their keys.
  private func everything(_ factory: StoreFactory) throws -> any StoreUnderTest {
    let subject = try factory.make()
    try subject.store.importing(HistoryLines.acme)
    let of = HistoryLines.enrolment
    try subject.store.importing(
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
      {"type":"policy_change","tenant":"acme","generation":2,"at":"2026-11-22T08:10:00Z","actor":"ann","action":"canary","reason":"half price","origin":"new/fallback.lua","params":{"w":900},"canary_share":100000,"canary_since":2,"canary_params":{"w":600},"canary_rollback_limits":{"faults":"+1%","least":50},"shadow_share":1000000,"shadow_since":1,"shadow_params":{}}
      {"type":"policy_activation","tenant":"acme","generation":2,"position":1,"revision":"\(HistoryLines.digest)","at":"2026-11-22T08:10:00Z","policy":"mine"}
      {"type":"policy_activation","tenant":"acme","generation":2,"position":1,"revision":"\(HistoryLines.digest)","at":"2026-11-22T08:10:00Z","policy":"mine","role":"canary"}
      {"type":"policy_change","tenant":"acme","generation":3,"at":"2026-11-22T08:20:00Z","actor":"usher","action":"rollback","evidence":{"rollback_limit":"faults","bound":"+1%"}}
      {"type":"policy_text","tenant":"acme","policy":"mine","digest":"\(HistoryLines.digest)","at":"2026-11-22T08:20:00Z"}
      {"type":"canary_tally","tenant":"acme","generation":2,"role":"canary","decided":9,"judged":7,"faults":1,"waiting":2,"moved":3,"sent":4,"failed":5}
      {"type":"shadow_tally","tenant":"acme","generation":2,"compared":9,"agreed":7,"faults":1,"live_faults":0,"not_asked":2,"instructions":99,"instructions_max":20,"live_instructions":80,"live_instructions_max":10}
      {"type":"shadow_difference","tenant":"acme","generation":2,"live_outcome":"use","live_reason":"owner","shadow_outcome":"wait","shadow_reason":"no","decisions":2}
      {"type":"shadow_sample","tenant":"acme","generation":2,"number":1,"contact":"welcome/L1","at":"2026-11-22T08:15:00Z","live_outcome":"use","live_device":"D1","live_reason":"owner","shadow_outcome":"wait","shadow_reason":"no","shadow_instructions":12}
      {"type":"policy_refusal","tenant":"acme","policy":"x","refusal":"line 1: no","at":"2026-11-22T08:00:00Z"}
      \(HistoryLines.decision(1, step: 1, device: "D1"))
      {"type":"decision",\(of),"number":2,"step":2,"outcome":"wait","assigned_device":"D1","reason":"boom","revision":"\(HistoryLines.digest)","seed":8,"instructions":0,"until":"2026-11-22T09:01:00Z","error_kind":"runtime","error_line":3,"notes":["a","b"],"at":"2026-11-22T09:00:01Z","fleet":1,"due_at":"2026-11-22T09:00:00Z","attempts":0,"utc_offset_minutes":-300,"messages_day":2,"moves":1,"narrowed":{"outcome":"move","device":"D2","reason":"why","revision":"\(HistoryLines.digest)"}}
      \(HistoryLines.decision(3, step: 2, device: "D2"))
      {"type":"decision",\(of),"number":4,"step":2,"outcome":"wait","reason":"full","revision":"\(HistoryLines.digest)","seed":8,"instructions":9,"until":"2026-11-22T09:01:00Z","waitlist":{"tag":"vip","platform":"sms","except":"D1"},"at":"2026-11-22T09:00:01Z"}
      {"type":"decision",\(of),"number":5,"step":2,"outcome":"wait","reason":"full","revision":"\(HistoryLines.digest)","seed":8,"instructions":9,"until":"2026-11-22T09:01:00Z","waitlist":"fleet","at":"2026-11-22T09:00:02Z"}
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
    #expect(try subject.rows("SELECT count(*) FROM assignments") == [["2"]])
    #expect(try subject.rows("SELECT count(*) FROM device_events") == [["3"]])
    return subject
  }
}

extension StoreUnderTest {
  /// All rows with their keys, except the store's identity, which no export contains.
  fileprivate func allRows() throws -> [String: [[String]]] { try everything(except: ["store"]) }
}

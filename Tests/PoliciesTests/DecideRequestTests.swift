import Routing
import Testing
import Wire

@testable import Policies

struct DecideRequestTests {
  private func answer(_ json: String, policy: String = "fallback", explains: Bool = false) throws -> JSONObject {
    let request = try DecideRequest(json: try JSONParser.parse(Array(json.utf8)))
    let compiled = try CompiledPolicy(
      file: policy, source: try #require(ShippedPolicies.source(of: policy)), parameters: request.parameters)
    guard case .object(let object) = DecideAnswer(request, policies: [compiled], explains: explains).json else {
      preconditionFailure("an answer is an object")
    }
    return object
  }

  @Test func `the answer to the documented example has the documented keys in order`() throws {
    let answer = try answer(
      """
      { "now": "2026-11-22T09:00:00Z", "tenant": "acme", "seed": 42,
        "contact": { "id": "c1", "phone": "+60123456789", "name": "Aina", "sequence": "welcome", "step": 1,
                     "assigned_device": "D1", "due_at": "2026-11-22T08:59:00Z", "attempts": 0,
                     "tags": ["vip"], "attributes": { "city": "KL" } },
        "devices": [ { "id": "D1", "name": "Sales 1", "status": "offline", "sent_minute": 0, "sent_hour": 80, "sent_day": 400,
                       "queued": 3, "in_flight": 0, "limit_hour": 80, "limit_day": 800, "limit_queue": 50, "tags": ["kl"] } ],
        "params": { "max_wait": 600 } }
      """)
    #expect(
      answer.keys == [
        "outcome", "device", "reason", "code", "until", "waitlist", "policy", "revision", "seed", "instructions",
        "error", "notes",
        "considered",
      ])
    #expect(answer["outcome"] == "wait")
    #expect(answer["until"] == "2026-11-22T09:10:00Z")
    #expect(answer["seed"] == 42)
    #expect(answer["error"] == .null)
    #expect(answer["considered"] == [])
  }

  @Test func `only ids are required`() throws {
    let answer = try answer(#"{"contact":{"id":"c1"},"devices":[{"id":"D1"}]}"#)
    #expect(answer["outcome"] == "use")
    #expect(answer["device"] == "D1")
  }

  @Test func `an explained answer has a reason for each device`() throws {
    let answer = try answer(
      """
      {"contact":{"id":"c1","assigned_device":"D1"},"devices":[{"id":"D1","status":"offline"},
       {"id":"D2","sent_hour":80,"limit_hour":80},{"id":"D3","queued":2},{"id":"D4"},{"id":"D5","status":"retired"}]}
      """, explains: true)
    guard case .array(let considered)? = answer["considered"] else { preconditionFailure("a list") }
    let lines = considered.map { value -> String in
      guard case .object(let line) = value else { return "" }
      return line.members.map { key, value in if case .string(let text) = value { text } else { key } }
        .joined(separator: ": ")
    }
    #expect(
      lines == [
        "D1: rejected: offline", "D2: rejected: 80 of 80 this hour",
        "D3: eligible: load 0.00 like D4, but 2 unsent messages; D4 had 0", "D4: chosen: owner unavailable",
      ])
  }

  @Test(arguments: [
    (#"{"devices":[]}"#, "contact"), (#"{"contact":{}}"#, "contact.id"),
    (#"{"contact":{"id":""}}"#, "contact.id"), (#"{"contact":{"id":1}}"#, "contact.id"),
    (#"{"contact":{"id":"c","nmae":"x"}}"#, "contact.nmae"), (#"{"contact":{"id":"c"},"device":[]}"#, "device"),
    (#"{"contact":{"id":"c","due_at":"2026-02-30T00:00:00Z"}}"#, "contact.due_at"),
    (#"{"contact":{"id":"c"},"now":"yesterday"}"#, "now"), (#"{"contact":{"id":"c"},"now":5}"#, "now"),
    (#"{"contact":{"id":"c"},"devices":[{"id":"D1"},{"id":"D1"}]}"#, "devices[1].id"),
    (#"{"contact":{"id":"c"},"devices":[{"id":"D1","status":"on"}]}"#, "devices[0].status"),
    (#"{"contact":{"id":"c"},"devices":[{"id":"D1","queued":-1}]}"#, "devices[0].queued"),
    (#"{"contact":{"id":"c"},"devices":[{"id":"D1","queued":1.5}]}"#, "devices[0].queued"),
    (#"{"contact":{"id":"c"},"devices":[{"id":"D1","tags":[1]}]}"#, "devices[0].tags"),
    (#"{"contact":{"id":"c"},"devices":{"id":"D1"}}"#, "devices"),
    (#"{"contact":{"id":"c"},"params":{"a":[1]}}"#, "params.a"), (#"{"contact":{"id":"c"},"seed":-1}"#, "seed"),
    (#"{"contact":{"id":"c","step":0}}"#, "contact.step"), (#"[]"#, ""),
  ])
  func `an invalid request is refused with the name of its key`(json: String, path: String) throws {
    let error = #expect(throws: FieldError.self) {
      try DecideRequest(json: try JSONParser.parse(Array(json.utf8)))
    }
    #expect(error.map { "\($0)".hasPrefix(path) } == true, "\(error.map { "\($0)" } ?? "no error")")
  }
}

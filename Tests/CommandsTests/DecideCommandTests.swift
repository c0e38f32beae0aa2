import Foundation
import RoutingTestKit
import Testing
import Wire

/// `usher decide`: one request in, one answer out, the same bytes everywhere.
struct DecideCommandTests {
  private let folder: TestFolder
  init() throws { folder = TestFolder() }

  /// The example request of the contract.
  static let request = """
    { "now": "2026-11-22T09:00:00Z", "tenant": "acme", "seed": 42,
      "contact": { "id": "c1", "phone": "+60123456789", "name": "Aina", "sequence": "welcome", "step": 1,
                   "assigned_device": "D1", "due_at": "2026-11-22T08:59:00Z", "attempts": 0,
                   "tags": ["vip"], "attributes": { "city": "KL" } },
      "devices": [ { "id": "D1", "name": "Sales 1", "status": "offline", "sent_minute": 0, "sent_hour": 80, "sent_day": 400,
                     "queued": 3, "in_flight": 0, "limit_hour": 80, "limit_day": 800, "limit_queue": 50, "tags": ["kl"] } ],
      "params": { "max_wait": 600 } }
    """

  static let keys = [
    "outcome", "device", "reason", "code", "until", "waitlist", "policy", "revision", "seed", "instructions", "error",
    "notes",
    "considered",
  ]

  private func decide(
    _ request: String, policy: String = "fallback", environment: [String: String] = [:], _ more: String...
  ) throws -> UsherProcess.Outcome {
    try UsherProcess.run(
      ["decide", "--policy", policy, "--input", "-"] + more, input: Array(request.utf8), environment: environment,
      in: folder.path)
  }

  @Test func `the contract's request gets exactly the contract's keys, in their order, on one line`() throws {
    let outcome = try decide(Self.request)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(outcome.stderr.isEmpty, "\(outcome)")
    #expect(outcome.text.hasSuffix("}\n") && outcome.text.filter { $0 == "\n" }.count == 1, "\(outcome)")
    let answer = try outcome.json()
    #expect(answer.keys == Self.keys)
    #expect(answer["outcome"] == "wait")
    #expect(answer["device"] == .null)
    #expect(answer["reason"] == "no device can accept more")
    #expect(answer["until"] == "2026-11-22T09:10:00Z")
    #expect(answer["policy"] == "fallback")
    #expect(answer["revision"].text?.wholeMatch(of: /sha256:[0-9a-f]{64}/) != nil)
    #expect(answer["seed"] == 42)
    #expect((answer["instructions"].whole ?? 0) > 0)
    #expect(answer["error"] == .null)
    #expect(answer["notes"] == [])
    #expect(answer["considered"] == [])
  }

  @Test func `a request with the old name of a limit gets the same answer, and one note`() throws {
    let old = Self.request.replacing("limit_queue", with: "limit_in_flight").replacing("\n", with: " ")
    let outcome = try decide(old + "\n" + old, "--lines")
    #expect(outcome.stderr == "note: devices[0].limit_in_flight: 'limit_in_flight' is now called 'limit_queue'\n")
    let answer = try decide(Self.request).text
    #expect(outcome.code == 0 && outcome.text == answer + answer, "\(outcome)")
  }

  @Test func `with --explain every device is listed, in the fleet's order`() throws {
    let request =
      #"{"contact":{"id":"c1","assigned_device":"D1"},"devices":["#
      + #"{"id":"D1","sent_hour":80,"limit_hour":80},{"id":"D2","queued":4},{"id":"D3","queued":1}]}"#
    let outcome = try decide(request, "--explain")
    let answer = try outcome.json()
    #expect(outcome.code == 0, "\(outcome)")
    #expect(answer.keys == Self.keys)
    #expect(answer["device"] == "D3")
    #expect(answer["considered"].items.map { $0["device"] } == ["D1", "D2", "D3"])
    #expect(answer["considered"].items.allSatisfy { $0.keys == ["device", "verdict", "reason"] })
    #expect(answer["considered"][0]["verdict"] == "rejected")
    #expect(answer["considered"][0]["reason"] == "80 of 80 this hour")
  }

  @Test func `a file is read like standard input`() throws {
    let file = try folder.write(Self.request, to: "request.json")
    let fromFile = try UsherProcess.run(["decide", "--policy", "fallback", "--input", file])
    #expect(fromFile.output == (try decide(Self.request)).output)
  }

  @Test(arguments: [
    (#"{"contact":{"id":"c1","nmae":"x"}}"#, "contact.nmae: unknown key; the nearest is 'name'"),
    (
      #"{"contact":{"id":"c1"},"devices":[{"id":"D1"},{"id":"D2","limit_huor":1}]}"#,
      "devices[1].limit_huor: unknown key; the nearest is 'limit_hour'"
    ),
    (#"{"contact":{"id":"c1"},"device":[]}"#, "device: unknown key; the nearest is 'devices'"),
    (#"{"contact":{"id":"c1","step":"1"}}"#, "contact.step: expected a whole number, found the text \"1\""),
    (#"{"contact":"c1"}"#, "contact: expected an object, found the text \"c1\""),
    (#"{"contact":{"id":"c1","tags":"vip"}}"#, "contact.tags: expected "),
    (#"{"contact":{"id":"c1"},"devices":[{"id":"D1","queued":-1}]}"#, "devices[0].queued: expected "),
    (#"{"now":"2026-02-30T09:00:00Z","contact":{"id":"c1"}}"#, "now: expected a time such as 2026-11-22T09:00:00Z"),
    (#"{"contact":{"id":"c1","due_at":"2026-11-22 09:00"}}"#, "contact.due_at: expected a time"),
    (#"{"now":1,"contact":{"id":"c1"}}"#, "now: expected "),
    (
      #"{"contact":{"id":"c1"},"devices":[{"id":"D1"},{"id":"D1"}]}"#,
      "devices[1].id: expected an id that no earlier device has, found the text \"D1\""
    ),
    (
      #"{"contact":{"id":"c1"},"devices":[{"id":"D1","status":"sleeping"}]}"#,
      "devices[0].status: expected one of online, offline, auth_failed, unknown, retired, found the text \"sleeping\""
    ),
    (#"{"contact":{}}"#, "contact.id: expected "), (#"{"contact":{"id":""}}"#, "contact.id: expected an id"),
    ("{}", "contact: expected "), ("[]", "expected an object, found an array"), ("", "line 1"),
    (#"{"contact":{"id":"c1"},}"#, "line 1, column 24"),
    (#"{"contact":{"id":"c1"},"contact":{"id":"c2"}}"#, "'contact'"),
  ])
  func `an invalid request is rejected with the position`(request: String, message: String) throws {
    let outcome = try decide(request)
    #expect(outcome.code == 1, "\(outcome)")
    #expect(outcome.output.isEmpty, "\(outcome)")
    #expect(outcome.stderr.contains(message), "\(outcome)")
    #expect(outcome.stderr.hasPrefix("usher: "), "\(outcome)")
  }

  @Test func `the answer is the same bytes in every environment`() throws {
    let policy = try folder.write(
      """
      return {
        name = 'varied',
        params = { share = 0.125, max_wait = 900 },
        select = function(contact, fleet)
          note(string.format('%.3f %s %d', random(), contact.name:upper(), random(1000)))
          note(tostring(params.share) .. ' ' .. tostring(now))
          for _, device in ipairs(fleet:available()) do note(device.id .. ' ' .. string.format('%g', device.load)) end
          local device = fleet:hash(contact.id)
          return use(device or fleet[1], 'by ' .. string.lower('ÄÖI') .. ' ' .. tostring('a' < 'B'))
        end,
      }
      """, to: "varied.lua")
    let request =
      #"{"now":"2026-11-22T09:00:00.250Z","seed":7,"contact":{"id":"c1","name":"Iıß"},"devices":["#
      + (1...30).map { #"{"id":"D\#($0)","sent_hour":\#($0),"limit_hour":97}"# }.joined(separator: ",") + "]}"
    let zones = ["UTC", "Asia/Kuala_Lumpur", "America/St_Johns", ":/nowhere", ""]
    let languages = ["C", "de_DE.UTF-8", "tr_TR.UTF-8", "C.UTF-8", ""]
    var answers: Set<[UInt8]> = []
    for run in 0..<20 {
      let outcome = try decide(
        request, policy: policy,
        environment: [
          "TZ": zones[run % 5], "LC_ALL": languages[run / 4], "LANG": languages[(run + 1) % 5],
          "LC_NUMERIC": languages[run % 5], "LUA_INIT": "error('no')", "HOME": "/nowhere/\(run)",
        ])
      #expect(outcome.code == 0, "\(outcome)")
      answers.insert(outcome.output)
    }
    #expect(answers.count == 1, "\(answers.map { String(decoding: $0, as: UTF8.self) })")
  }

  struct Fault: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let kind: String
    let line: Int?
    let message: String
    let source: String
  }

  private static func hook(_ body: String) -> String {
    "return {\n  select = function(contact, fleet)\n    \(body)\n  end,\n}\n"
  }

  static let faults: [Fault] = [
    Fault(
      testDescription: "a syntax error", kind: "syntax", line: 3, message: "'='",
      source: hook("local x = = 1")),
    Fault(
      testDescription: "no hook select", kind: "syntax", line: 1, message: "'select'",
      source: "return { name = 'x' }"),
    // Where the hook begins, because a verdict is checked after the hook has returned.
    Fault(
      testDescription: "a string as verdict", kind: "verdict", line: 2, message: "found text",
      source: hook("return 'D1'")),
    Fault(
      testDescription: "another tenant's device", kind: "device", line: 3, message: "'X9'",
      source: hook("return use('X9', 'mine')")),
    Fault(
      testDescription: "an endless loop", kind: "budget", line: 3, message: "budget",
      source: hook("while true do end")),
    Fault(
      testDescription: "a gigabyte string", kind: "memory", line: 3, message: "string.rep",
      source: hook("return wait(string.rep('x', 1000000000))")),
    Fault(
      testDescription: "a field that does not exist", kind: "runtime", line: 3, message: "'device'",
      source: hook("return use(contact.devise, 'x')")),
    Fault(
      testDescription: "a device's field that does not exist", kind: "runtime", line: 3, message: "'status'",
      source: hook("return fleet[1].statsu")),
    Fault(
      testDescription: "a global that does not exist", kind: "runtime", line: 3, message: "'use'",
      source: hook("return uze(fleet[1], 'x')")),
  ]

  @Test(arguments: faults) func `a faulty policy makes the contact wait, with kind and line`(fault: Fault) throws {
    let policy = try folder.write(fault.source, to: "p.lua")
    let outcome = try decide(Self.request, policy: policy)
    #expect(outcome.code == 1, "\(outcome)")
    let answer = try outcome.json()
    #expect(answer.keys == Self.keys)
    #expect(answer["outcome"] == "wait")
    #expect(answer["device"] == .null)
    #expect(answer["until"] == "2026-11-22T09:01:00Z")
    #expect(answer["error"].keys == ["kind", "code", "message", "line"])
    #expect(answer["error"]["kind"].text == fault.kind, "\(outcome)")
    #expect(answer["error"]["line"].whole == fault.line, "\(outcome)")
    #expect(answer["error"]["message"].text?.contains(fault.message) == true, "\(outcome)")
  }

  @Test func `a parameter that no policy declares is named`() throws {
    let outcome = try decide(#"{"contact":{"id":"c1"},"params":{"max_wiat":1}}"#)
    #expect(outcome.code == 0)
    #expect(outcome.stderr.contains("max_wiat"), "\(outcome)")
  }

  @Test func `nothing is reported about parameters if the policy's declarations cannot be read`() throws {
    let plain = try folder.write("return { params = { max_wait = 1 }, select = function() end }", to: "plain.lua")
    let wrongKind = try decide(#"{"contact":{"id":"c1"},"params":{"max_wait":"long"}}"#, policy: plain)
    #expect(try wrongKind.json()["error"]["message"].text?.contains("max_wait") == true)
    #expect(!wrongKind.stderr.contains("not declared by any"), "it is declared: \(wrongKind)")
    let policy = try folder.write("return { params = { max_wait = 1 }, select = ", to: "p.lua")
    let broken = try decide(Self.request, policy: policy)
    #expect(!broken.stderr.contains("not declared by any"), "\(broken)")
  }

  @Test(arguments: [
    (#"{"contact":{"id":"c1"},"params":{"max_wait":"long"}}"#, [], "params.max_wait: expected a number from 1 to"),
    (#"{"contact":{"id":"c1"},"params":{"max_wait":0}}"#, [], "params.max_wait: expected a number from 1 to"),
    (#"{"contact":{"id":"c1"}}"#, ["--param", "max_wait=0"], "--param: max_wait: expected a number from 1 to"),
    (#"{"contact":{"id":"c1"}}"#, ["--param", "max_wiat=60"], "no policy declares 'max_wiat'"),
  ])
  func `a parameter outside its range is refused`(request: String, options: [String], message: String) throws {
    let run = try UsherProcess.run(
      ["decide", "--policy", "fallback", "--input", "-"] + options, input: Array(request.utf8), in: folder.path)
    #expect(run.code == 1 && run.output.isEmpty && run.stderr.contains(message), "\(run)")
  }

  @Test func `policies are evaluated in the given order`() throws {
    let silent = try folder.write("return { select = function() end }", to: "silent.lua")
    let outcome = try decide(Self.request, policy: silent, "--policy", "strict")
    #expect(try outcome.json()["policy"] == "strict", "\(outcome)")
    #expect(try outcome.json()["reason"] == "owner unavailable")
  }

  @Test func `a missing policy is a problem that lists the shipped ones`() throws {
    let outcome = try decide(Self.request, policy: "fallbak")
    #expect(outcome.code == 1, "\(outcome)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.stderr.contains("'fallbak'") && outcome.stderr.contains("fallback"), "\(outcome)")
  }
}

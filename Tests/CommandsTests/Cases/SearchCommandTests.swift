import Foundation
import RoutingTestKit
import Testing
import Wire

/// `usher check --search` as a process: its output, its exit code, and the source of its requests.
struct SearchCommandTests {
  private let folder: TestFolder

  init() throws {
    folder = TestFolder()
    try folder.write(
      """
      return {
        select = function(contact, fleet)
          local own = contact.device
          if own.can_accept_more then return use(own, 'owner') end
          return wait_for(own, 'owner unavailable', 900)
        end,
      }
      """, to: "p.lua")
  }

  private func usher(_ arguments: String...) throws -> UsherProcess.Outcome {
    try UsherProcess.run(["check", "--search"] + arguments, in: folder.path)
  }

  @Test func `a counterexample is a request for decide and a case for test, and both reproduce it`() throws {
    let outcome = try usher("p.lua", "--seed", "4")
    #expect(outcome.code == 1, "\(outcome)")
    let lines = outcome.text.components(separatedBy: "\n")
    #expect(
      lines[0] == "p.lua: broken: never faults (never-faults)" && lines[1].hasPrefix("  runtime fault at line 4: "))
    #expect(lines[2].contains("seed 4 at request ") && outcome.stderr.contains("seed 4: 1 of 5 broken"), "\(outcome)")
    #expect(lines[3] == #"{"contact":{"id":"c1"}}"#)
    let decided = try UsherProcess.run(
      ["decide", "--policy", "p.lua", "--input", "-"], input: Array(lines[3].utf8), in: folder.path)
    #expect(decided.code == 1, "\(decided)")
    #expect(try decided.json()["error"]["kind"] == "runtime")
    let entry = try usher("p.lua", "--format", "json").json().items[0]["case"].text ?? ""
    try folder.write("return { policy = 'p', cases = {\n\(entry),\n} }", to: "p_test.lua")
    let tested = try UsherProcess.run(["test", "p_test.lua"], in: folder.path)
    #expect(tested.stderr == "1 passed, 0 failed\n", "\(tested)")
  }

  @Test func `JSON names the property, the seed and the request, and the same seed gives the same bytes`() throws {
    let first = try usher("p.lua", "--format", "json", "--requests", "200")
    let second = try usher("p.lua", "--format", "json", "--requests", "200")
    #expect(first.code == 1 && first.output == second.output, "\(first)")
    let found = try #require(try first.json().items.first)
    guard case .object(let object) = found else { throw UsherProcess.TookTooLong(description: "no object") }
    #expect(object.keys == ["file", "property", "message", "seed", "request_number", "request", "case"])
    #expect(found["property"] == "never-faults" && found["seed"] == 1)
  }

  @Test func `satisfied properties are reported, a property can be left out, and time limits a search`() throws {
    let skipped = try usher("p.lua", "--skip", "never-faults", "--requests", "200")
    #expect(skipped.code == 0 && skipped.text.isEmpty, "\(skipped)")
    #expect(skipped.stderr.contains("p.lua: 200 requests, ") && skipped.stderr.contains("all hold"), "\(skipped)")
    #expect(
      try usher("p.lua", "--skip", "nothing").stderr.contains("no property 'nothing'; the properties are never-faults"))
    try folder.write("return { select = function() return wait('x', 60) end }", to: "q.lua")
    let timed = try usher("q.lua", "--seconds", "0.2")
    #expect(timed.code == 0 && timed.stderr.contains("all hold"), "\(timed)")
    #expect(try UsherProcess.run(["check", "q.lua", "--seed", "1"], in: folder.path).code == 64)
    #expect(try usher("q.lua", "--requests", "0").code == 64)
  }

  @Test func `a policy's own properties are in its case file`() throws {
    try folder.write(
      "return { select = function(c, fleet) local d = fleet:least_loaded() if d then return use(d, 'x') end return wait_for(fleet, 'y', 60) end }",
      to: "r.lua")
    try folder.write(
      """
      return {
        policy = 'r',
        cases = { { contact = { id = 'c' }, expect = { outcome = 'wait' } } },
        properties = {
          ['the third step waits'] = function(request, decision)
            return request.contact.step ~= 3 or decision.outcome == 'wait', 'it goes to ' .. tostring(decision.device)
          end,
        },
      }
      """, to: "r_test.lua")
    let outcome = try usher("r.lua", "r_test.lua")
    #expect(
      outcome.code == 1 && outcome.text.hasPrefix("r.lua: broken: the third step waits\n  it goes to D1\n"),
      "\(outcome)")
    #expect(outcome.text.contains(#"{"contact":{"id":"c1","step":3},"devices":[{"id":"D1"}]}"#), "\(outcome)")
    #expect(try UsherProcess.run(["test", "r_test.lua"], in: folder.path).code == 0)
    #expect(try UsherProcess.run(["check", "r_test.lua"], in: folder.path).code == 0)
  }

  @Test func `a search uses a store's due contacts and fleets, and does not change it`() throws {
    let store = try TestStore(
      [.tenant(policy: "strict"), .device("D1", status: "offline"), .device("D2"), .sequence()]
        + [.lead(1, device: "D1"), .lead(2, device: "D1")])
    try store.usher("tick", "--no-send", "--now", Moment.nine)
    let before = try store.folder.contents(store.name)
    try folder.write(
      "return { select = function(c) if c.name == 'Lead ' .. 2 then return error('x') end return wait('y', 60) end }",
      to: "s.lua")
    let outcome = try usher("s.lua", "--store", store.path, "--requests", "50")
    #expect(outcome.code == 1 && outcome.stderr.contains("2 due contacts of the store are tried"), "\(outcome)")
    #expect(outcome.text.contains(#"{"contact":{"id":"c1","name":"Lead 2"}}"#), "\(outcome)")
    #expect(try store.folder.contents(store.name) == before)
    #expect(try usher("s.lua", "--store", "no.db").stderr.contains("there is no store at no.db"))
  }

  @Test func `a file that has errors is not searched`() throws {
    try folder.write("return { select = function(c) return use(c.devise) end }", to: "t.lua")
    let outcome = try usher("t.lua")
    #expect(
      outcome.code == 1 && outcome.text.contains("a contact has no 'devise'") && !outcome.stderr.contains("requests"),
      "\(outcome)")
  }
}

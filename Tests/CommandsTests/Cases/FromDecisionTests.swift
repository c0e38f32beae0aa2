import Foundation
import RoutingTestKit
import Testing
import Wire

/// `usher test --from-decision`: a recorded decision becomes a passing case.
struct FromDecisionTests {
  /// Reads a name, a tag and one of two attributes, draws a random number, and uses the fleet's loads.
  private static let policy = """
    return {
      params = { max_wait = 900 },
      select = function(contact, fleet)
        if contact.attributes.city == 'KL' then return wait('KL waits', params.max_wait) end
        if contains(contact.tags, 'vip') then return use(fleet:candidates(2)[random(2)], 'lots') end
        return use(fleet:least_loaded(), 'least loaded')
      end,
    }
    """

  private let store: TestStore

  init() throws {
    let folder = TestFolder()
    try folder.write(Self.policy, to: "Rules/mine.lua")
    store = try TestStore(
      [.tenant(policy: "mine", maxWait: 600), .device("D1", hour: 80), .device("D2", hour: 40), .sequence()], in: folder
    )
    var leads: [JSONValue] = []
    for number in 1...6 {
      guard case .object(var lead) = JSONValue.lead(number, device: "D1") else { continue }
      lead["tags"] = number.isMultiple(of: 2) ? ["vip", "o'hare\n"] : []
      lead["attributes"] = ["city": number == 3 ? "KL" : "Ipoh", "income": 4200]
      leads.append(.object(lead))
    }
    try store.add(leads)
    try store.usher("tick", "--no-send", "--now", Moment.nine)
  }

  private func write(_ number: Int, _ more: String...) throws -> UsherProcess.Outcome {
    try UsherProcess.run(
      ["test", "--from-decision", "\(number)", "--store", store.path] + more, in: store.folder.path)
  }

  private func run(_ file: String) throws -> UsherProcess.Outcome {
    try UsherProcess.run(["test", file], in: store.folder.path)
  }

  @Test(arguments: [[], ["--anonymous"]])
  func `each decision of a cycle becomes a passing case, with the loads at that time`(more: [String]) throws {
    var queued: Set<String> = []
    for number in 1...6 {
      let outcome = try UsherProcess.run(
        ["test", "--from-decision", "\(number)", "--store", store.path] + more, in: store.folder.path)
      #expect(outcome.code == 0, "\(outcome)")
      try store.folder.write(outcome.text, to: "Rules/one_test.lua")
      let held = try run("Rules/one_test.lua")
      #expect(held.code == 0 && held.stderr == "1 passed, 0 failed\n", "\(held)\n\(outcome.text)")
      for part in outcome.text.components(separatedBy: "queued = ").dropFirst() {
        queued.insert(String(part.prefix(1)))
      }
      #expect(outcome.text.contains("params = { max_wait = 600 }") && outcome.text.contains("seed = "), "\(outcome)")
    }
    // The count includes earlier decisions of the cycle.
    #expect(queued.count > 1)
  }

  @Test func `the command reports whose data goes into the file, and --anonymous keeps only what was read`() throws {
    let whole = try write(2)
    #expect(whole.text.contains("phone = '+60121000002'") && whole.text.contains("income = 4200"), "\(whole)")
    #expect(
      whole.stderr.contains("the case contains personal data: contact.id, contact.phone, contact.name, contact.tags, "),
      "\(whole)")
    let anonymous = try write(2, "--anonymous")
    for part in ["+6012", "Lead 2", "welcome/L2", "4200"] { #expect(!anonymous.text.contains(part), "\(anonymous)") }
    #expect(anonymous.text.contains("tags = { 'vip', 'o\\'hare\\n' }") && anonymous.text.contains("city = 'Ipoh'"))
    #expect(
      anonymous.stderr.contains(
        "still contains personal data that the policy read: contact.tags, contact.attributes.city"))
  }

  @Test func `an existing file gets the case at its end`() throws {
    try store.folder.write(
      "return {\n  policy = 'mine',\n  cases = {\n    { contact = { id = 'c' }, devices = { { id = 'D1' } }, expect = { outcome = 'use' } } -- last\n  },\n}\n",
      to: "Rules/mine_test.lua")
    for number in [1, 2] {
      let outcome = try write(number, "--out", "Rules/mine_test.lua")
      #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome)")
    }
    let text = String(decoding: try store.folder.contents("Rules/mine_test.lua"), as: UTF8.self)
    #expect(text.contains("} }, -- last") && text.hasSuffix("    },\n  },\n}\n"), "\(text)")
    #expect(try run("Rules/mine_test.lua").stderr == "3 passed, 0 failed\n")
    let other = try write(
      1, "--out", try store.folder.write(text.replacing("'mine'", with: "'strict'"), to: "o_test.lua"))
    #expect(other.code == 1 && other.stderr.contains("tests the policy 'strict'"), "\(other)")
    let new = try write(3, "--out", "Rules/new_test.lua")
    #expect(new.code == 0, "\(new)")
    #expect(try run("Rules/new_test.lua").code == 0)
  }

  @Test func `the case fails when the policy decides otherwise`() throws {
    _ = try write(3, "--out", "Rules/mine_test.lua")
    try store.folder.write(Self.policy.replacing("'KL'", with: "'Penang'"), to: "Rules/mine.lua")
    let outcome = try run("Rules/mine_test.lua")
    #expect(outcome.code == 1 && outcome.text.contains(#"outcome: expected "wait", found "use""#), "\(outcome)")
  }

  @Test func `missing or unusable decisions and files are reported`() throws {
    #expect(try write(99).stderr.contains("decision 99 is not in this store"))
    #expect(try write(1, "--tenant", "globex").code == 1)
    #expect(try write(1, "--watch").code == 64)
    #expect(try UsherProcess.run(["test", "--anonymous"]).code == 64)
  }
}

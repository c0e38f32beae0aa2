import Foundation
import RoutingTestKit
import Testing
import Wire

extension Slow {
  /// Policies change while a daemon runs, between two cycles and never within one.
  struct HotReloadTests {
    private let folder: TestFolder
    private let store: TestStore

    /// Contacts that wait a second or two repeatedly: every cycle has some to decide.
    init() throws {
      folder = TestFolder()
      store = try TestStore(
        [.tenant("acme", policy: "turn"), .device("D1"), .sequence()]
          + (0..<400).map { .lead($0, device: "D1") }
          + [.tenant("globex", policy: "turn"), .device("D1", of: "globex"), .sequence(of: "globex")]
          + (0..<100).map { .lead($0, of: "globex", device: "D1") }, in: folder)
      try write("v1")
    }

    /// The number makes each answer differ from the last one, which would not be on record otherwise. The contact of the case
    /// file has none.
    private func write(_ version: String) throws {
      try folder.write(
        """
        return {
          name = 'turn',
          select = function(contact, fleet)
            local number = contact.id == 'c1' and '' or ' #' .. random(1000000000)
            return wait('\(version)' .. number, 1 + random())
          end,
        }
        """, to: "rules/turn.lua")
    }

    private func serve() throws -> UsherProcess { try store.serve("--rules", folder.file("rules")) }

    private func statuses() throws -> [JSONValue] {
      try store.usher("policy", "list", "--format", "json").json().items
    }

    private func eventuallyRefused(_ text: String) throws {
      try eventually("the file is refused with '\(text)'") {
        let lines = try statuses()
        return lines.count == 2 && lines.allSatisfy { $0["refused"].text?.contains(text) == true }
      }
    }

    private func eventuallyAccepted() throws {
      try eventually("nothing is refused") { try statuses().allSatisfy { $0["refused"] == .null } }
    }

    /// The version that a decision names.
    private func version(_ decision: JSONValue) -> String {
      let reason = decision["reason"].text ?? ""
      return reason.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
    }

    private func eventuallyDecides(_ reason: String) throws {
      let before = try store.export().rows("decision").count
      try eventually("decisions go on as \(reason)") {
        let decisions = try store.export().rows("decision")
        return decisions.count > before + 100 && decisions.last.map(version) == reason
      }
    }

    private func show(_ contact: String) throws -> JSONValue {
      try store.usher("contact", "show", contact, "--tenant", "acme", "--format", "json").json()
    }

    /// One revision for the decisions of a tenant at one time, and it was the active one.
    private func expectOneRevisionPerCycle() throws {
      let export = try store.export()
      for tenant in ["acme", "globex"] {
        let activations = export.rows("policy_activation").filter {
          $0["tenant"].text == tenant && $0["role"].text != "guard"
        }
        let decisions = export.rows("decision").filter { $0["tenant"].text == tenant }
        let cycles = Dictionary(grouping: decisions) { $0["at"].text! }
        let mixed = cycles.filter { Set($0.value.map { $0["revision"].text! }).count > 1 }
        #expect(mixed.isEmpty, "one cycle, one revision")
        // Times of the same form and length compare as strings; zero milliseconds are omitted.
        let wrong = decisions.filter { decision in
          let active = activations.last { key($0["at"].text!) <= key(decision["at"].text!) }
          return active?["revision"] != decision["revision"]
        }
        #expect(wrong.isEmpty, "each decision carries the revision that was active at its time")
        let reasons = Dictionary(grouping: decisions) { $0["revision"].text! }
          .mapValues { Set($0.map(version)) }
        #expect(reasons.values.allSatisfy { $0.count == 1 }, "one revision, one behaviour")
      }
    }

    private func key(_ time: String) -> String { time.count == 20 ? time.dropLast() + ".000Z" : time }

    @Test func `an edited file takes effect with the next cycle, and never within one`() throws {
      let process = try serve()
      for version in ["v1", "v2", "v3"] {
        try write(version)
        try eventuallyDecides(version)
      }
      // As fast as possible, in whatever cycle is running.
      for round in 0..<30 { try write("fast \(round)") }
      try eventuallyDecides("fast 29")
      process.signal(SIGTERM)
      #expect(try process.end().code == 0)
      #expect(process.stderr.contains("policy accepted"))
      try expectOneRevisionPerCycle()
      try store.expectSound()
    }

    @Test func `the refusal of a syntax error is logged and listed, and the last good revision stays live`() throws {
      let process = try serve()
      try eventuallyDecides("v1")
      let good = try statuses().map { $0["revision"] }
      try folder.write("return {\n  select = function(contact fleet)\n  end,\n}\n", to: "rules/turn.lua")
      try eventuallyRefused("line 2")
      #expect(try statuses().map { $0["revision"] } == good)
      #expect(process.stderr.contains("policy refused"))
      #expect(process.stderr.contains("line 2"))
      try eventuallyDecides("v1")
      try write("v2")
      try eventuallyAccepted()
      try eventuallyDecides("v2")
      process.signal(SIGTERM)
      #expect(try process.end().code == 0)
      try expectOneRevisionPerCycle()
    }

    @Test func `a file whose own case fails is refused with the case's name, until file and case agree`() throws {
      let process = try serve()
      try eventuallyDecides("v1")
      try folder.write(
        """
        return {
          policy = 'turn',
          cases = { { name = 'it says v2', contact = { id = 'c1' }, expect = { reason = 'v2' } } },
        }
        """, to: "rules/turn_test.lua")
      try eventuallyRefused("it says v2")
      #expect(process.stderr.contains("it says v2"))
      try eventuallyDecides("v1")
      try write("v3")
      try eventuallyDecides("v1")
      try eventuallyRefused("it says v2")
      try write("v2")
      try eventuallyAccepted()
      try eventuallyDecides("v2")
      process.signal(SIGTERM)
      #expect(try process.end().code == 0)
      try expectOneRevisionPerCycle()
    }

    @Test func `a file that was missing and is back unchanged is no longer refused`() throws {
      let process = try serve()
      try eventuallyDecides("v1")
      try FileManager.default.moveItem(atPath: folder.file("rules/turn.lua"), toPath: folder.file("away"))
      try eventuallyRefused("policy 'turn' not found")
      try eventuallyDecides("v1")
      try FileManager.default.moveItem(atPath: folder.file("away"), toPath: folder.file("rules/turn.lua"))
      try eventuallyAccepted()
      process.signal(SIGTERM)
      #expect(try process.end().code == 0)
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func `a daemon that starts with a broken file uses the last good revision from the store`(
      signal: Int32
    ) throws {
      let first = try serve()
      try eventuallyDecides("v1")
      let good = try statuses().map { $0["revision"] }
      first.signal(signal)
      _ = try first.end()
      try folder.write("return {", to: "rules/turn.lua")
      let second = try serve()
      try eventuallyRefused("line 1")
      try eventuallyDecides("v1")
      #expect(try statuses().map { $0["revision"] } == good)
      #expect(try store.export().rows("policy_activation").count { $0["role"].text != "guard" } == 2)
      try write("v2")
      try eventuallyAccepted()
      try eventuallyDecides("v2")
      second.signal(SIGTERM)
      #expect(try second.end().code == 0)
    }

    @Test func `contacts wait while the only file is broken, and the fixed file is accepted`() throws {
      try folder.write("return {", to: "rules/turn.lua")
      let process = try serve()
      try eventuallyRefused("line 1")
      try eventually("every contact waits") { try store.states()["waiting"] == 500 }
      let reason = try #require(try show("welcome/L1")["reason"].text)
      #expect(reason.hasPrefix("syntax fault in turn") && reason.contains("line 1"), "\(reason)")
      try write("v1")
      try eventuallyAccepted()
      process.signal(SIGTERM)
      #expect(try process.end().code == 0)
      try store.expectSound()
    }
  }
}

import DryRun
import Policies
import Routing
import RoutingTestKit
import Testing
import Wire

/// A recorded decision as a case of its policy.
struct RecordedCaseTests {
  /// A policy that reads the contact's name and no other personal data.
  private static let polite = """
    return {
      select = function(contact, fleet)
        if contact.name == 'Mei' then return use(fleet:least_loaded(), 'a friend') end
        return wait('a stranger', 600)
      end,
    }
    """

  private func engine() throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "polite")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1", name: "Mei")
    scenario.lead(2, device: "D1", name: "Lim")
    let engine = try TestInstance(scenario, files: ["polite": Self.polite])
    try engine.decide()
    return engine
  }

  private func recorded(_ engine: TestInstance, _ contact: String, isAnonymous: Bool = false) throws -> RecordedCase {
    let number = try #require(try engine.contact(contact).decisions.first).number
    return try engine.store.readHistory {
      try RecordedCase(number, of: TenantID("acme"), isAnonymous: isAnonymous, in: $0)
    }
  }

  @Test func `it expects the recorded decision from the recorded policy`() throws {
    let engine = try engine()
    try engine.folder.write("return { select = function() return skip('never') end }", to: "Rules/polite.lua")
    let made = try recorded(engine, "welcome/L1")
    #expect(made.revision.policy == "polite" && made.at == TestInstance.start && made.tenant.text == "acme")
    #expect(JSONWriter().string(.object(made.expectation)) == #"{"outcome":"use","device":"D1","reason":"a friend"}"#)
    let waiting = try recorded(engine, "welcome/L2")
    #expect(
      JSONWriter().string(.object(waiting.expectation))
        == #"{"outcome":"wait","reason":"a stranger","until":"2026-11-22T09:10:00Z"}"#)
  }

  @Test func `personal data is listed, and left out if the policy did not read it`() throws {
    let engine = try engine()
    let whole = try recorded(engine, "welcome/L1")
    #expect(whole.personal == ["id", "phone", "name"] && whole.wasRead.isEmpty)
    #expect(whole.file.contains("+15550000001") && whole.file.contains("Mei"))
    let anonymous = try recorded(engine, "welcome/L1", isAnonymous: true)
    #expect(anonymous.personal == ["name"] && anonymous.wasRead == ["name"])
    #expect(!anonymous.file.contains("+15550000001") && !anonymous.file.contains("L1"))
    #expect(anonymous.file.contains("Mei"), "the policy read it")
    #expect(anonymous.expectation == whole.expectation)
  }

  @Test func `a decision that does not exist, or is another tenant's, has no case`() throws {
    let engine = try engine()
    #expect(throws: Explain.NoRecord.self) {
      try engine.store.readHistory { try RecordedCase(999, of: nil, isAnonymous: false, in: $0) }
    }
    #expect(throws: DryRun.UnknownTenant.self) {
      try engine.store.readHistory { try RecordedCase(1, of: TenantID("nobody"), isAnonymous: false, in: $0) }
    }
  }
}

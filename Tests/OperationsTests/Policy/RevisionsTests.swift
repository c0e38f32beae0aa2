import Policies
import Routing
import RoutingTestKit
import Testing

@testable import Operations

/// Shows and compares revisions.
struct RevisionsTests {
  private let engine: TestInstance
  private let digest: String
  private let catalog = PolicyCatalog(rules: nil)

  init() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    engine = try TestInstance(scenario)
    try engine.decide()
    digest = try #require(try engine.store.policyHistory(tenant: nil).first?.revision)
  }

  private func diff(_ first: String, _ second: String? = nil, tenant: String? = nil) throws -> DiffRevisions.Result {
    try DiffRevisions(first, second, tenant: tenant.map(TenantID.init(stored:))).run(on: engine.store, catalog: catalog)
  }

  @Test func `a revision is found by the beginning of its digest, with its decisions`() throws {
    let report = try ShowRevision(String(digest.prefix(20))).run(on: engine.store)
    #expect(report.revision.digest == digest && report.uses.map(\.decisions) == [1])
    let error = #expect(throws: Problem.self) { try ShowRevision("sha256:00000000").run(on: engine.store) }
    #expect(error?.code == .revisionNotFound)
    let wrong = #expect(throws: Problem.self) { try ShowRevision("fallback").run(on: engine.store) }
    #expect(wrong?.code == .invalidInput)
  }

  @Test func `a policy is compared with the live revision under its name`() throws {
    let found = try diff("fallback")
    #expect(found.before.digest == digest && found.after.digest == digest)
    let path = try engine.folder.write(
      "return { select = function(contact, fleet) return wait('x', 1) end }\n", to: "fallback.lua")
    let edited = try diff(path, tenant: "acme")
    #expect(edited.before.digest == digest && edited.after.source.contains("wait('x', 1)"))
    let both = try diff(digest, path)
    #expect(both.before.digest == digest && both.after.digest == edited.after.digest)
  }

  @Test func `a policy that is live nowhere and a missing tenant are different errors`() throws {
    #expect(#expect(throws: Problem.self) { try diff("reassign") }?.code == .noLivePolicy)
    #expect(#expect(throws: Problem.self) { try diff("fallback", tenant: "acm") }?.code == .tenantNotFound)
  }
}

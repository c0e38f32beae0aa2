import Foundation
import PolicyTesting
import Routing
import Testing

@testable import Policies

/// Edited files become live policies, or are refused.
final class PolicyRegistryTests {
  private let folder = NSTemporaryDirectory() + "usher-board-" + UUID().uuidString
  private let registry: PolicyRegistry
  private var tenant = Tenant(key: TenantKey(1), id: TenantID("acme")!, policies: ["mine"])

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    registry = PolicyRegistry(catalog: PolicyCatalog(rules: folder), acceptance: StandardAcceptance())
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ source: String, to name: String = "mine.lua") throws {
    try Data(source.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  private func refresh(_ lastGood: [PolicyRevision] = []) -> TenantPolicies {
    registry.refresh(tenant, last: lastGood.isEmpty ? 0 : 1) {
      KnownPolicies(
        generation: lastGood.isEmpty
          ? nil
          : PolicyGeneration(
            number: 1, lineup: PolicyLineup(live: lastGood), parameters: nil,
            change: PolicyChange(at: Instant(milliseconds: 0), actor: "usher", action: .edit)))
    }
  }

  private func policy(_ reason: String) -> String {
    "return { select = function(c, f) return wait('\(reason)') end }"
  }

  @Test func `a file that the acceptance refuses is not used`() throws {
    struct Refusing: PolicyAcceptance {
      func accept(
        _ entry: PolicyCatalog.Entry, parameters: [Parameter], limits: SandboxLimitsOption, kind: PolicyKind
      ) throws(Fault) -> CompiledPolicy { throw Fault(.syntax, "not \(entry.name)", line: 3) }
    }
    try write(policy("one"))
    let strict = PolicyRegistry(catalog: PolicyCatalog(rules: folder), acceptance: Refusing()).refresh(tenant)
    #expect(strict.refusals == [.init(policy: "mine", message: "line 3: not mine")])
    #expect(strict.policies[0].isBroken)
  }

  @Test func `a file that did not change is not compiled again`() throws {
    try write(policy("one"))
    let first = refresh().policies[0]
    #expect(refresh().policies[0] === first)
    #expect(refresh().accepted.isEmpty)
  }

  @Test func `a changed file is accepted, and a broken one refused while the last good one stays in use`() throws {
    try write(policy("one"))
    let first = refresh().policies[0].revision
    try write("return { select = function(c, f) return wait('two' end }")
    let broken = refresh()
    #expect(broken.policies[0].revision == first)
    #expect(broken.refusals.map(\.policy) == ["mine"])
    #expect(broken.refusals[0].message.hasPrefix("line 1: "))
    try write(policy("three"))
    let fixed = refresh()
    #expect(fixed.refusals.isEmpty)
    #expect(fixed.policies[0].revision != first)
    #expect(fixed.accepted == ["mine"])
  }

  @Test func `a missing file is refused, and accepted when it comes back unchanged`() throws {
    try write(policy("one"))
    let first = refresh().policies[0].revision
    try FileManager.default.removeItem(atPath: folder + "/mine.lua")
    #expect(refresh().refusals.count == 1)
    #expect(refresh().policies[0].revision == first)
    try write(policy("one"))
    #expect(refresh().refusals.isEmpty)
    #expect(refresh().policies[0].revision == first)
  }

  @Test func `a file whose own cases fail is refused`() throws {
    try write(policy("one"))
    let first = refresh().policies[0].revision
    try write(policy("two"))
    try write(
      "return { policy = 'mine', cases = { { name = 'uses D1', contact = { id = 'c' }, devices = { { id = 'D1' } }, expect = { outcome = 'use' } } } }",
      to: "mine_test.lua")
    let refused = refresh()
    #expect(refused.policies[0].revision == first)
    #expect(refused.refusals[0].message == #"its case 'uses D1' fails: outcome: expected "use", found "wait""#)
  }

  @Test func `after a restart the last good revision comes from the record`() throws {
    try write("not lua at all")
    let before = PolicyRevision(
      policy: "mine", digest: "sha256:x", source: policy("before"), parameters: [])
    let current = refresh([before])
    #expect(current.refusals.count == 1)
    #expect(current.policies[0].revision.source == before.source)
  }

  @Test func `without a good revision every contact waits with the fault`() throws {
    try write("not lua at all")
    let evaluator = Evaluator(
      policies: refresh().policies, fleet: Fleet(tenant: tenant.id, now: Instant(milliseconds: 0), members: []))
    let decision = evaluator.decide(Contact(id: ContactID("c")!), seed: 1)
    #expect(decision.outcome == .wait)
    #expect(decision.fault?.kind == .syntax)
    #expect(decision.fault?.line == 1)
  }

  @Test func `a parameter of the tenant makes another revision, and one of the wrong type is refused`() throws {
    try write("return { params = { max = 5 }, select = function(c, f) return wait('x', params.max) end }")
    let first = refresh().policies[0].revision
    tenant.parameters = [Parameter("max", .integer(7))]
    let second = refresh().policies[0].revision
    #expect(second != first)
    #expect(second.parameters == [Parameter("max", .integer(7))])
    tenant.parameters = [Parameter("max", .text("long"))]
    #expect(refresh().refusals[0].message == "params.max: expected a number, found text")
    #expect(refresh().policies[0].revision == second)
  }

  @Test func `a file in the folder comes before a shipped policy of its name`() throws {
    tenant.policies = ["fallback"]
    #expect(Array(refresh().policies[0].revision.source.utf8) == ShippedPolicies.source(of: "fallback"))
    try write(policy("ours"), to: "fallback.lua")
    #expect(refresh().policies[0].revision.source == policy("ours"))
  }

  @Test(arguments: ["../secret", "/etc/passwd", "a/../../b", ""])
  func `a name cannot refer to a file outside the folder`(name: String) {
    #expect(throws: Fault.self) { try PolicyCatalog(rules: folder).entry(named: name) }
  }
}

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
    #expect(strict.refusals == [.init(policy: "mine", message: "line 3: not mine", code: nil)])
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

  // MARK: - Revisions of earlier versions

  /// The digest that 0.1.0 would have had on record, or any other.
  private static let former = "sha256:" + String(repeating: "a", count: 64)

  private func onRecord(_ source: String, policy: String = "mine", _ parameters: [Parameter] = []) -> PolicyRevision {
    PolicyRevision(policy: policy, digest: Self.former, source: source, parameters: parameters)
  }

  @Test func `a revision on record under another digest keeps it, and no generation begins`() throws {
    try write(policy("one"))
    let found = refresh([onRecord(policy("one"))])
    #expect(found.proposal == nil && found.refusals.isEmpty && found.held.isEmpty)
    #expect(found.policies.map(\.revision.digest) == [Self.former])
    #expect(found.policies[0] === refresh([onRecord(policy("one"))]).policies[0])
    try write(policy("two"))
    let edited = refresh([onRecord(policy("one"))])
    #expect(edited.accepted == ["mine"] && edited.proposal?.lineup.live.map(\.digest) != [Self.former])
  }

  @Test func `3 and 3.0 are one parameter where the digest on record is not that of the content`() throws {
    try write("return { params = { grace = 3.0 }, select = function() return wait('one') end }")
    let source = "return { params = { grace = 3.0 }, select = function() return wait('one') end }"
    #expect(refresh([onRecord(source, [Parameter("grace", .integer(3))])]).proposal == nil)
    let other = PolicyRegistry(catalog: PolicyCatalog(rules: folder), acceptance: StandardAcceptance())
    tenant.parameters = [Parameter("grace", .integer(4))]
    let known = KnownPolicies(
      generation: PolicyGeneration(
        number: 1, lineup: PolicyLineup(live: [onRecord(source, [Parameter("grace", .integer(3))])]), parameters: nil,
        change: PolicyChange(at: Instant(milliseconds: 0), actor: "usher", action: .edit)))
    #expect(other.refresh(tenant, last: 1, known: { known }).proposal != nil)
  }

  @Test func `a parameter changed from 3 to 3.0 begins a new revision`() throws {
    try write("return { select = function() return wait('x' .. params.x) end }")
    tenant.parameters = [Parameter("x", .integer(3))]
    let whole = refresh().policies[0].revision
    tenant.parameters = [Parameter("x", .number(3))]
    let fraction = refresh([whole])
    #expect(fraction.policies[0].revision.parameters == tenant.parameters)
    #expect(fraction.proposal?.lineup.live.map(\.digest) == [fraction.policies[0].revision.digest])
    #expect(!whole.isSame(as: fraction.policies[0].revision))
  }

  @Test func `a revision of 0.1.0 has the fractions of zero that its digest covers`() throws {
    let source = "return { params = { a = 3.0, b = 3 }, select = function() return wait('x') end }"
    let given = [Parameter("a", .number(3)), Parameter("b", .integer(3)), Parameter("c", .number(1200))]
    let hashed = [
      ("a", "number \(3.0.bitPattern)"), ("b", "integer 3"), ("c", "number \(1200.0.bitPattern)"),
    ]
    let text = hashed.map { "\n1 \($0) \($1)" }.joined()
    let digest = Digest.sha256(Array("usher engine 3\nLua 5.4.4\n\(source.utf8.count)\n\(source)\(text)".utf8))
    let recorded = ["a": 3, "b": 3, "c": 1200].sorted { $0.key < $1.key }.map { Parameter($0.key, .integer($0.value)) }
    let revision = PolicyRevision(policy: "mine", digest: digest, source: source, parameters: recorded)
    let compiled = try CompiledPolicy(revision)
    #expect(compiled.revision.parameters == given && compiled.revision.digest == digest)
    #expect(compiled.engine(recorded: nil) == EngineVersion(number: 3, lua: "5.4.4"))
    let file = try CompiledPolicy(file: "mine", source: Array(source.utf8), parameters: [given[2]])
    #expect(file.revision.isSame(as: revision) && CompiledPolicy.digest(of: revision) == file.revision.digest)
  }

  @Test func `a live file whose cases fail now is reported and stays live, and an edit of it must pass`() throws {
    try write(policy("one"))
    try write(
      """
      return { policy = 'mine', cases = {
        { name = 'it waits an hour', now = '2026-11-22T09:00:00Z', contact = { id = 'c1' }, devices = {},
          expect = { ['until'] = '2026-11-22T10:00:00Z' } },
      } }
      """, to: "mine_test.lua")
    let found = refresh([onRecord(policy("one"))])
    #expect(found.refusals.isEmpty && found.proposal == nil && !found.policies[0].isBroken)
    #expect(found.held.count == 1 && found.held[0].reason.contains("its case 'it waits an hour' fails"))
    try write(policy("two"))
    let edited = refresh([onRecord(policy("one"))])
    #expect(edited.refusals.count == 1 && edited.held.isEmpty && edited.proposal == nil)
  }

  @Test func `a shipped policy stays at the source on record until an operator activates the new one`() throws {
    tenant.policies = ["fallback"]
    let before = refresh([onRecord(policy("an earlier version"), policy: "fallback")])
    #expect(before.proposal == nil && before.accepted.isEmpty)
    #expect(before.policies.map(\.revision.digest) == [Self.former])
    #expect(before.held.count == 1 && before.held[0].reason.contains("usher policy activate --policy fallback"))
  }

  @Test func `a guard on record under another digest keeps it, also where its shipped source changed`() throws {
    let shipped = String(decoding: ShippedPolicies.source(of: "guards/move_limit")!, as: UTF8.self)
    try write(policy("one"))
    for (source, isHeld) in [(shipped, false), ("-- earlier\n" + shipped, true)] {
      let registry = PolicyRegistry(catalog: PolicyCatalog(rules: folder), acceptance: StandardAcceptance())
      tenant.guards = [GuardSetting(name: "move_limit", parameters: [])]
      let parameters = [Parameter("limit", .integer(20)), Parameter("retry", .integer(900))]
      let known = KnownPolicies(
        generation: PolicyGeneration(
          number: 1,
          lineup: PolicyLineup(
            live: [onRecord(policy("one"))], guards: [onRecord(source, policy: "guards/move_limit", parameters)]),
          parameters: nil, change: PolicyChange(at: Instant(milliseconds: 0), actor: "usher", action: .edit)))
      for _ in 1...2 {
        let found = registry.refresh(tenant, last: 1, known: { known })
        #expect(found.lineup.guards.map(\.revision.digest) == [Self.former])
        #expect(found.proposal == nil && found.held.isEmpty != isHeld)
      }
    }
  }

  @Test func `an unusable file of 0.1.0 keeps its digest, and another one begins a generation`() throws {
    let source = "return { select = function(c, f) return }}"
    let bytes = Array("usher engine 3\nLua 5.4.6\n\(source.utf8.count + 8)\nrefused\n\(source)".utf8)
    let unusable = PolicyRevision(policy: "mine", digest: Digest.sha256(bytes), source: "", parameters: [])
    try write(source)
    let found = refresh([unusable])
    #expect(found.proposal == nil && found.policies[0].revision == unusable && found.refusals.count == 1)
    try write(source + " ")
    #expect(refresh([unusable]).proposal != nil)
  }

  @Test func `the engine of a former digest is known, and that of another one is not`() throws {
    let source = policy("one")
    let digest = { (engine: Int, lua: String) in
      Digest.sha256(Array("usher engine \(engine)\nLua \(lua)\n\(source.utf8.count)\n\(source)".utf8))
    }
    let compiled = { try CompiledPolicy(PolicyRevision(policy: "mine", digest: $0, source: source, parameters: [])) }
    let former = EngineVersion(number: 2, lua: "5.4.3")
    #expect(try compiled(digest(2, "5.4.3")).engine(recorded: nil) == former)
    #expect(try compiled(digest(2, "5.4.3")).engine(recorded: CompiledPolicy.engine) == CompiledPolicy.engine)
    #expect(try compiled(Self.former).engine(recorded: CompiledPolicy.engine) == nil)
    let own = try CompiledPolicy(file: "mine", source: Array(source.utf8))
    #expect(own.engine(recorded: former) == former && own.engine(recorded: nil) == CompiledPolicy.engine)
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

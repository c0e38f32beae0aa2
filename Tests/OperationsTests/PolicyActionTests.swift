import Policies
import Routing
import RoutingTestKit
import StoreSQL
import Testing

@testable import Operations

struct PolicyActionTests {
  private let office: Office
  private let scope = TenantScope(tenant: acme)

  init() throws {
    office = try Office()
    try office.engine.decide()
  }

  private func activate(
    _ reason: String, as role: ActivatePolicy.Role = .live, isDry: Bool = false
  ) throws -> ActivatePolicy.Result {
    try ActivatePolicy(.files(try office.file("mine", reason)), as: role, scope: scope, isDry: isDry).run(
      on: office.store, catalog: office.catalog, by: office.note())
  }

  // MARK: - Activating

  @Test func `a file becomes live, and the result states whether cycles read it`() throws {
    let result = try activate("new")
    #expect(result.changes.map(\.generation) == [2])
    #expect(result.unwatchedFiles == [office.engine.folder.file("new/mine.lua")])
    #expect(try office.live() == [Office.policy("new")])
    let change = try office.engine.generation().change
    #expect((change.actor, change.action) == ("ann", .activate))
    #expect(try office.lastAudit().systemUser == "root")
  }

  @Test func `a dry activation reports what would change and writes nothing`() throws {
    let result = try activate("new", isDry: true)
    #expect(result.changes.map(\.generation) == [nil])
    #expect(try office.live() == [Office.policy("from the file")])
  }

  @Test func `the same revisions change nothing`() throws {
    _ = try activate("new")
    let again = try activate("new")
    #expect(again.changes.isEmpty && again.unwatchedFiles.isEmpty)
  }

  @Test func `tenants with 3 and with 3.0 have different revisions, and an activation keeps each parameter`() throws {
    var scenario = StoreScenario()
    let given = ["acme", "globex"]
    for tenant in given { scenario.tenant(tenant, policy: "mine", parameters: [("x", .integer(3))]) }
    let source = "return { select = function() return wait('x' .. params.x, 1) end }"
    let engine = try TestInstance(scenario, files: ["mine": source])
    let line = #"{"type":"tenant","id":"globex","params":{"x":3.0}}"#
    _ = try engine.store.importFile(ByteSource(Array(line.utf8)), ImportOptions(now: engine.clock.now()))
    try engine.decide()
    let again = try engine.folder.write(source + " -- again", to: "new/mine.lua")
    let catalog = PolicyCatalog(rules: engine.folder.file("Rules"))
    let wanted: [[Parameter]] = [[Parameter("x", .integer(3))], [Parameter("x", .number(3))]]
    for _ in 1...2 {
      let live = try given.map { try engine.generation(of: $0).lineup.live[0] }
      #expect(live.map(\.parameters) == wanted && live[0].digest != live[1].digest)
      for tenant in given {
        _ = try ActivatePolicy(
          .files(try PolicyArgument([again], catalog: catalog, option: "--policy")),
          scope: TenantScope(tenant: TenantID(tenant)!)
        ).run(on: engine.store, catalog: catalog, by: OperatorNote(actor: "ann", reason: nil, at: engine.clock.now()))
      }
      try engine.decide()
    }
    let tenants = try engine.store.read { try $0.tenants() }
    #expect(tenants.map(\.parameters) == wanted)
  }

  @Test func `a file that fails its checks is an invalid policy, and nothing changes`() throws {
    let path = try office.engine.folder.write("return {", to: "new/broken.lua")
    let broken = ActivatePolicy(.files(try office.argument(path)), scope: scope)
    #expect(
      code { _ = try broken.run(on: office.store, catalog: office.catalog, by: office.note()) } == .invalidPolicy)
    #expect(try office.engine.generation().number == 1)
  }

  @Test func `a recorded revision is found by the beginning of its digest`() throws {
    let digest = try office.engine.generation().lineup.live[0].digest
    _ = try activate("new")
    let back = ActivatePolicy(.revision(String(digest.prefix(20))), scope: scope)
    #expect(try back.run(on: office.store, catalog: office.catalog, by: office.note()).changes.count == 1)
    #expect(try office.live() == [Office.policy("from the file")])
    for (text, expected) in [("sha256:0000", ErrorCode.revisionNotFound), ("mine", .invalidInput)] {
      let unknown = ActivatePolicy(.revision(text), scope: scope)
      #expect(code { _ = try unknown.run(on: office.store, catalog: office.catalog, by: office.note()) } == expected)
    }
  }

  // MARK: - Canaries and shadows

  @Test func `only one canary runs at a time, and only against other revisions`() throws {
    let canary = ActivatePolicy.Role.canary(share: 100_000, limits: .standard)
    #expect(code { _ = try activate("from the file", as: canary) } == .stateConflict)
    _ = try activate("new", as: canary)
    #expect(code { _ = try activate("newer", as: canary) } == .stateConflict)
    #expect(try CanariesQuery(tenant: acme).run(on: office.store).map(\.canary.share.partsPerMillion) == [100_000])
  }

  @Test func `a canary is promoted to a larger share, and with all contacts it is live`() throws {
    #expect(
      code { _ = try PromoteCanary(scope: scope).run(on: office.store, by: office.note()) } == .stateConflict)
    _ = try activate("new", as: .canary(share: 100_000, limits: .standard))
    _ = try PromoteCanary(to: 500_000, scope: scope).run(on: office.store, by: office.note())
    #expect(
      code { _ = try PromoteCanary(to: 400_000, scope: scope).run(on: office.store, by: office.note()) }
        == .invalidInput)
    _ = try PromoteCanary(scope: scope).run(on: office.store, by: office.note())
    #expect(try office.live() == [Office.policy("new")])
    #expect(try office.engine.generation().lineup.canary == nil)
  }

  @Test func `a shadow is compared until it is stopped`() throws {
    #expect(code { _ = try ShadowsQuery(tenant: acme).run(on: office.store) } == .stateConflict)
    _ = try activate("new", as: .shadow(share: ContactShare.whole))
    #expect(try ShadowsQuery(tenant: nil).run(on: office.store).map(\.tenant) == [acme])
    _ = try StopShadow(scope: scope).run(on: office.store, by: office.note())
    #expect(code { _ = try StopShadow(scope: scope).run(on: office.store, by: office.note()) } == .stateConflict)
  }

  // MARK: - Rolling back

  @Test func `a rollback first ends a canary, then restores the previous live revisions`() throws {
    _ = try activate("new")
    _ = try activate("newer", as: .canary(share: 100_000, limits: .standard))
    let rollback = RollBackPolicy(scope: scope)
    _ = try rollback.run(on: office.store, by: office.note())
    #expect(try office.engine.generation().lineup.canary == nil)
    #expect(try office.live() == [Office.policy("new")])
    _ = try rollback.run(on: office.store, by: office.note())
    #expect(try office.live() == [Office.policy("from the file")])
    #expect(code { _ = try rollback.run(on: office.store, by: office.note()) } == .stateConflict)
  }

  @Test func `a generation that the tenant does not have cannot be restored`() throws {
    let rollback = RollBackPolicy(to: .init("7"), scope: scope)
    #expect(code { _ = try rollback.run(on: office.store, by: office.note()) } == .generationNotFound)
    #expect(RollBackPolicy.Target("sha256:1234") == .revision("sha256:1234"))
    #expect(RollBackPolicy.Target("1234567890") == .revision("1234567890"))
  }

  // MARK: - Several tenants

  @Test func `several tenants change only with consent and a reason`() throws {
    let office = try Office(tenants: ["acme", "globex"])
    try office.engine.decide()
    let file = try office.file("mine", "new")
    func activate(_ scope: TenantScope, _ reason: String?) throws {
      _ = try ActivatePolicy(.files(file), scope: scope).run(
        on: office.store, catalog: office.catalog, by: office.note(reason: reason))
    }
    let all = TenantScope(tenant: nil, allowsSeveral: true)
    #expect(code { try activate(TenantScope(tenant: nil), "why") } == .consentRequired)
    #expect(code { try activate(all, nil) } == .reasonRequired)
    #expect(code { try activate(TenantScope(tenant: TenantID("acne")!), nil) } == .tenantNotFound)
    #expect(try office.engine.generation().number == 1)
    #expect(code { try activate(all, "why") } == nil)
    #expect(try office.live("acme") == office.live("globex"))
    #expect(
      code {
        _ = try RollBackPolicy(to: .generation(1), scope: all).run(on: office.store, by: office.note(reason: "why"))
      } == .invalidInput)
  }

  @Test func `requests are retried when another process was faster, at most five times`() throws {
    let changer = PolicyChanger(store: office.store, scope: scope, note: office.note(), isDry: false)
    var (asked, disturbances) = (0, 1)
    func change() throws -> [PolicyChangeResult] {
      asked = 0
      return try changer.apply { current in
        asked += 1
        if asked <= disturbances { try office.engine.change(.activate, by: "bob") { _ in } }
        return .editing(current, try current.expectGeneration(), changer.change(.activate, origin: "test")) { _ in }
      }
    }
    #expect(try change().map(\.generation) == [3])
    #expect(asked == 2)
    disturbances = .max
    #expect(code { _ = try change() } == .changedMeanwhile)
    #expect(asked == 5)
  }

  @Test func `before the first cycle no shadow or canary can start`() throws {
    let office = try Office()
    let shadow = ActivatePolicy(
      .files(try office.file("mine", "new")), as: .shadow(share: ContactShare.whole), scope: scope)
    #expect(code { _ = try shadow.run(on: office.store, catalog: office.catalog, by: office.note()) } == .noLivePolicy)
  }

  // MARK: - Lists

  @Test func `the list of policies shows what is recorded for each tenant`() throws {
    let list = try PolicyListQuery().run(on: office.store, catalog: office.catalog)
    #expect(list.policies.map(\.policy) == ["mine"])
    #expect(list.tenants[acme]?.generation?.number == 1)
    #expect(!list.isPinned)
    #expect(try PolicyHistoryQuery(tenant: acme).run(on: office.store).count == 1)
    #expect(code { _ = try PolicyHistoryQuery(tenant: TenantID("acne")!).run(on: office.store) } == .tenantNotFound)
  }

  @Test func `the list shows that a shipped policy differs from the live one before a cycle has found it`() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "fallback")
    let engine = try TestInstance(scenario)
    try engine.decide()
    let list = { (rules: String?) in
      try PolicyListQuery().run(on: engine.store, catalog: PolicyCatalog(rules: rules)).policies[0]
    }
    #expect(try list(nil).held == nil)
    let shipped = String(decoding: try #require(ShippedPolicies.source(of: "fallback")), as: UTF8.self)
    let earlier = try TestInstance.revision("fallback", shipped + "-- an earlier version")
    try engine.change(.activate) { $0.live = [earlier] }
    #expect(try list(nil).held?.contains("`usher policy activate --policy fallback` activates it") == true)
    #expect(try list(nil).heldCode == .heldShipped)
    // A file in the folder is checked by the next cycle.
    let file = try engine.folder.write(shipped, to: "other/fallback.lua")
    #expect(try list(String(file.dropLast("/fallback.lua".utf8.count))).held == nil)
  }
}

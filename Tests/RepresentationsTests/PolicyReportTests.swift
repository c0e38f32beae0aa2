import Operations
import Policies
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import Representations

/// Reports of policy actions, made from results of operations on a real store.
struct PolicyReportTests {
  private let engine: TestInstance
  private let acme = TenantID("acme")!

  init() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    scenario.device("D1")
    scenario.sequence()
    for lead in 0..<30 { scenario.lead(lead, device: "D1") }
    engine = try TestInstance(scenario, files: ["mine": Self.policy("from the file")])
    try engine.decide()
  }

  private static func policy(_ reason: String) -> String {
    "return { select = function(c, fleet) return wait('\(reason)', 1) end }"
  }

  private func activate(
    _ reason: String, as role: ActivatePolicy.Role, verdict: String = "wait"
  ) throws -> ActivatePolicy.Result {
    let catalog = PolicyCatalog(rules: engine.folder.file("Rules"))
    let path = try engine.folder.write(
      Self.policy(reason).replacing("wait('\(reason)', 1)", with: "\(verdict)('\(reason)')"), to: "new/mine.lua")
    return try ActivatePolicy(
      .files(try PolicyArgument([path], catalog: catalog, option: "--policy")), as: role,
      scope: TenantScope(tenant: acme)
    ).run(
      on: engine.store, catalog: catalog, by: OperatorNote(actor: "ann", reason: "why", at: engine.clock.now()))
  }

  private func keys(_ report: some Representation) -> [String] {
    guard case .array(let rows) = report.json, case .object(let row)? = rows.first else { return [] }
    return row.members.map(\.key)
  }

  @Test func `a policy change is shown with its line-up`() throws {
    let result = try activate("new", as: .canary(share: 100_000, limits: .standard))
    let report = PolicyChangeReport(result.changes)
    #expect(
      keys(report) == [
        "tenant", "generation", "action", "policies", "revisions", "canary_share", "canary", "shadow_share", "shadow",
      ])
    #expect(report.json[0]?["generation"] == 2)
    #expect(report.json[0]?["canary_share"] == "10%")
    #expect(report.json[0]?["shadow"] == .null)
    #expect(PolicyChangeReport([]).json == .array([]))
  }

  @Test func `a canary has a row for each side, with shares that add up to all`() throws {
    _ = try activate("new", as: .canary(share: 100_000, limits: .standard))
    let report = CanaryReport(try CanariesQuery(tenant: nil).run(on: engine.store))
    #expect(report.listing.rows.map { $0[2] } == ["live", "canary"])
    #expect(report.listing.rows.map { $0[3] } == ["90%", "10%"])
    #expect(report.listing.rows[0].last == .null)
  }

  @Test func `a shadow is shown with its counts and its differences, which a table shortens`() throws {
    _ = try activate("new", as: .shadow(share: ContactShare.whole), verdict: "skip")
    engine.clock.advance(seconds: 60)
    try engine.decide()
    let report = ShadowsReport(try ShadowsQuery(tenant: nil).run(on: engine.store))
    #expect(report.json[0]?["compared"] == 30)
    #expect(report.json[0]?["agreement"] == .number(0))
    #expect(report.csv.hasPrefix("tenant,decisions,live,live_reason,shadow,shadow_reason\n"))
    let table = report.table(columns: 10).plain
    #expect(table.contains("\nWhat differs\n"))
    #expect(table.contains("\nContact by contact\n") && table.hasSuffix("… and 10 more\n"))
    #expect(ShadowsReport([]).json == .array([]))
  }

  @Test func `a table of the list omits empty columns, and JSON has every key`() throws {
    let catalog = PolicyCatalog(rules: engine.folder.file("Rules"))
    let report = PolicyListReport(try PolicyListQuery().run(on: engine.store, catalog: catalog))
    #expect(
      keys(report).count == 27 && keys(report).suffix(4) == ["ranges", "waits", "guard_trouble", "on_fleet_waitlist"])
    #expect(report.tableListing.columns.count < 20)
    #expect(report.json[0]?["from"] != nil)
    let list = try PolicyListQuery().run(on: engine.store, catalog: catalog)
    #expect(list.beyondFilters.isEmpty && !report.tableListing.columns.contains("on_fleet_waitlist"))
    let beyond = PolicyListReport(
      PolicyList(policies: list.policies, tenants: list.tenants, isPinned: false, beyondFilters: [acme: 12]))
    #expect(beyond.json[0]?["on_fleet_waitlist"] == 12 && beyond.tableListing.columns.contains("on_fleet_waitlist"))
    let overview = PolicyOverviewReport(try engine.store.policyStatuses(), isPast: true)
    #expect(overview.json[0]?["faults"] == .null)
    #expect(Set(keys(overview)).isSubset(of: keys(report)))
  }

  @Test func `the history has a row for each revision and role`() throws {
    _ = try activate("new", as: .canary(share: 100_000, limits: .standard))
    let report = PolicyHistoryReport(try PolicyHistoryQuery(tenant: nil).run(on: engine.store))
    #expect(report.listing.rows.map { $0[6] } == ["live", "live", "canary"])
    #expect(keys(report).last == "evidence")
    #expect(!report.tableListing.columns.contains("evidence"))
  }

  @Test func `a guard has a row, and another for each tenant with its own parameters`() {
    let guards = [
      GuardListing(
        name: "daily_limit", parameters: [Parameter("limit", .integer(3))],
        own: [(acme, [Parameter("limit", .integer(1))])])
    ]
    let trouble = GuardTrouble(guard: "daily_limit", tenant: acme, state: .refused, reason: "line 1")
    let report = GuardListReport(GuardList(guards: guards, troubles: [trouble]))
    #expect(report.listing.rows.map { $0[2] } == [.null, "acme", "acme"])
    #expect(report.listing.rows.map { $0[5] } == [.null, "refused: line 1", .null])
    #expect(report.json[2]?["params"]?["limit"] == 1)
  }

  @Test func `a plan shows the policies before and after`() {
    let change = ApplyPlan.Change(
      tenant: acme, policies: ["new"], policiesBefore: ["mine"], parameters: [Parameter("on", .boolean(true))])
    let report = PlanReport(ApplyPlan.Result(changes: [change], filesWritten: []))
    #expect(keys(report) == ["tenant", "policies", "policies_before", "params"])
    #expect(report.json[0]?["policies_before"]?[0] == "mine")
  }
}

import Routing
import RoutingTestKit
import Testing

@testable import Operations

/// The queries of reports: which time they are for, and which rows they count.
struct ReportQueryTests {
  private let engine: TestInstance
  private let now = TestInstance.start.advanced(bySeconds: 7200)

  /// One contact of acme on its offline device, one of globex on an online device; decided an hour apart.
  init() async throws {
    var scenario = StoreScenario()
    for tenant in ["acme", "globex"] {
      scenario.tenant(tenant)
      scenario.device("D1", of: tenant, status: tenant == "acme" ? "offline" : "online")
      scenario.device("D2", of: tenant)
      scenario.sequence(of: tenant, delays: [0, 3600])
      scenario.lead(1, of: tenant, device: "D1")
    }
    engine = try TestInstance(scenario)
    try await engine.step(seconds: 3600)
    try await engine.step(seconds: 3600)
  }

  @Test func `mismatches count the messages created in the window, for one tenant or all`() throws {
    let store = engine.store
    #expect(try MismatchesQuery().run(store).total == 4)
    #expect(try MismatchesQuery(since: TestInstance.start.advanced(bySeconds: 60)).run(store).total == 2)
    #expect(try MismatchesQuery(moment: TestInstance.start.advanced(bySeconds: 60)).run(store).total == 2)
    let acme = try MismatchesQuery(tenant: TenantID("acme")).run(store)
    #expect(acme.total == 2 && acme.counts[.fallback] == 2)
    let problem = #expect(throws: Problem.self) { try MismatchesQuery(tenant: TenantID("acmee")).run(store) }
    #expect(problem?.code == .tenantNotFound && problem?.message.contains("the nearest is 'acme'") == true)
  }

  @Test func `without a time, mismatches cover the day that ends with the last message, and say so`() async throws {
    let store = engine.store
    let report = try MismatchesQuery().run(store)
    #expect(report.window == .hours(24))
    // Decided in the cycles at one hour and at two.
    #expect(report.since == TestInstance.start.advanced(bySeconds: 3600 - 86_400))
    var later = StoreScenario()
    later.lead(2, of: "acme", device: "D2")
    try engine.take(later)
    try await engine.step(seconds: 90_000)
    try await engine.step(seconds: 90_000)
    let next = try MismatchesQuery().run(store)
    #expect(next.total < (try MismatchesQuery(since: TestInstance.start).run(store).total))
    let made = try #require(try store.lastMessages(1))
    #expect(next.since == Instant(milliseconds: (made.last.milliseconds - 86_400_000) / 60_000 * 60_000))
    let given = try MismatchesQuery(since: TestInstance.start).run(store)
    #expect(given.window == .given && given.since == TestInstance.start)
    #expect(given.counts.values.reduce(0, +) == given.total)
  }

  @Test func `without messages there is no window`() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme")
    let bare = try TestInstance(scenario)
    let report = try withExtendedLifetime(bare) { try MismatchesQuery().run(bare.store) }
    #expect(report.total == 0 && report.since == nil && report.window == nil)
  }

  @Test func `devices and sequences are reported for now, or for a recorded time`() throws {
    let (store, early) = (engine.store, TestInstance.start.advanced(bySeconds: 60))
    let present = try DevicesQuery().run(store, at: now)
    #expect(!present.devices.isPast && present.devices.total.sentDay == 4)
    let past = try DevicesQuery(moment: early).run(store, at: now)
    #expect(past.devices.isPast && past.devices.total.sentDay == 2)
    #expect(try !SequencesQuery().run(store).isPast)
    #expect(try SequencesQuery(moment: early).run(store).isPast)
  }

  @Test func `a store of a test instance passes the integrity checks`() throws {
    let report = try IntegrityQuery().run(engine.store)
    #expect(report.isSound && report.checks.count > 10)
  }

  @Test func `an overview is for now or a given time, and for existing tenants`() throws {
    let (store, watch) = (engine.store, engine.store.watch(stopwatch: { 0 }))
    func look(_ query: OverviewQuery) throws -> StoreOverview {
      try query.run(store, watch, at: now, stopwatch: { 0 })
    }
    #expect(try look(OverviewQuery()).now == now)
    let early = TestInstance.start.advanced(bySeconds: 60)
    let past = try look(OverviewQuery(tenant: TenantID("globex"), moment: early))
    #expect(past.now == early && past.isPast && past.tenants.count == 2)
    let problem = #expect(throws: Problem.self) { try look(OverviewQuery(tenant: TenantID("glodex"))) }
    #expect(problem?.code == .tenantNotFound)
    #expect(problem?.message == "there is no tenant 'glodex' in the store; the nearest is 'globex'")
  }
}

import DryRun
import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Testing

@testable import Operations

/// Dry runs, replays, simulations and cases made from decisions, over a real store.
struct TryingChangesTests {
  private let engine: TestInstance
  private let catalog: PolicyCatalog
  private var store: any Store { engine.store }
  private var now: Instant { engine.clock.now() }

  init() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "hold")
    scenario.device("D1")
    scenario.device("D2", status: "offline")
    scenario.sequence(delays: [0, 3600])
    for number in 1...4 { scenario.lead(number, device: number % 2 == 0 ? "D2" : "D1") }
    engine = try TestInstance(
      scenario,
      files: ["hold": "return { select = function(contact, fleet) return wait('not yet at ' .. now, 1) end }\n"])
    catalog = PolicyCatalog(rules: engine.folder.file("Rules"))
    try engine.decide()
    engine.clock.advance(seconds: 1)
  }

  private func policy(_ source: String, named name: String = "candidate") throws -> PolicyArgument {
    let path = try engine.folder.write(
      "return { select = function(contact, fleet) \(source) end }\n", to: "\(name).lua")
    return try PolicyArgument([path], catalog: catalog, option: "--policy")
  }

  private func later() -> Instant { now.advanced(bySeconds: 2 * 3600) }

  @Test func `a dry run compares with the active policies, writes nothing and makes a plan on request`() throws {
    let waits = try policy("return wait('not now', 60)")
    let before = try store.lastActivity(of: nil)
    let result = try ComparePolicies(waits, catalog: catalog, at: later(), now: now).run(on: store, plans: true)
    #expect(result.report.contacts == 4 && result.report.outcomesAfter == [.wait: 4])
    #expect(result.plan?.changes.map(\.policies) == [["candidate"]])
    #expect(result.plan?.savedAt == now)
    #expect(try ComparePolicies(waits, catalog: catalog, at: later(), now: now).run(on: store).plan == nil)
    #expect(try store.lastActivity(of: nil) == before)
  }

  @Test func `a contact that is not due is not found`() throws {
    let waits = try policy("return wait('not now', 60)")
    let error = #expect(throws: Problem.self) {
      try ComparePolicies(waits, catalog: catalog, now: now, contact: ContactID("welcome/L99")).run(on: store)
    }
    #expect(error?.code == .contactNotFound)
  }

  @Test func `a time before the last decision is rejected`() throws {
    let waits = try policy("return wait('not now', 60)")
    let past = try #require(Instant(rfc3339: "2026-11-22T08:00:00Z"))
    let error = #expect(throws: Problem.self) {
      try ComparePolicies(waits, catalog: catalog, at: past, now: now).refusePast(in: store, instead: "do otherwise")
    }
    #expect(error?.code == .invalidInput && error?.message.hasSuffix("do otherwise") == true)
    try ComparePolicies(waits, catalog: catalog, now: now).refusePast(in: store, instead: "do otherwise")
  }

  @Test func `a report is acceptable unless its policy fails or moves too many contacts`() throws {
    var report = DryRunReport(now: now)
    let tenant = Tenant(key: TenantKey(1), id: TenantID("acme")!)
    let side = { (device: String, isFault: Bool) in
      DryRunReport.Side(outcome: .use, device: DeviceID(device), reason: "r", isFault: isFault)
    }
    for number in 1...3 {
      report.add(
        tenant: tenant, contact: Contact(id: ContactID("w/L\(number)")!), before: side("D1", false),
        after: side(number == 1 ? "D2" : "D1", false))
    }
    #expect(report.movedPercentText == "33.3 %")
    #expect(report.problem() == nil && report.problem(movedMax: 40) == nil)
    #expect(report.problem(movedMax: 10)?.code == .limitExceeded)
    #expect(
      report.problem(movedMax: 10)?.message
        == "33.3 % of the contacts would go to another device; the limit is 10 %")
    report.add(
      tenant: tenant, contact: Contact(id: ContactID("w/L4")!), before: side("D1", false), after: side("D1", true))
    #expect(report.problem(movedMax: 100, noun: "decisions")?.message == "the policy fails for 1 of 4 decisions")
    #expect(report.problem()?.code == .policyFailed)
  }

  @Test func `recorded decisions replay identically, and a missing one is not found`() throws {
    let report = try ReplayDecisions(RecordFilter()).run(on: store)
    #expect(report.decisions > 0 && report.identical == report.decisions)
    #expect(report.problem == nil && report.foreignRevisionsWarning == nil)
    let error = #expect(throws: Problem.self) { try ReplayDecisions(RecordFilter(decision: 999)).run(on: store) }
    #expect(error?.code == .decisionNotFound)
  }

  @Test func `recorded decisions are compared with those of another policy`() throws {
    let waits = try policy("return wait('not now', 60)")
    let report = try CompareRecorded(RecordFilter(), limit: nil, now: now, candidate: waits).run(on: store)
    #expect(report.contacts > 0 && report.outcomesAfter == [.wait: report.contacts])
    let error = #expect(throws: Problem.self) {
      try CompareRecorded(RecordFilter(decision: 999), limit: nil, now: now, candidate: waits).run(on: store)
    }
    #expect(error?.code == .decisionNotFound)
  }

  @Test func `a simulation runs each side over the same store, and a start in the past is rejected`() throws {
    let operation = try SimulateStore(
      Scenario(), at: nil, now: now, hours: 2, everyS: 600, seed: 1, suspendAfter: 20, tenant: TenantID("acme"))
    let state = try operation.read(store)
    let sides = [
      SimulatedPolicies(nil, catalog: catalog),
      SimulatedPolicies(try policy("return wait('not now', 60)"), catalog: catalog),
    ]
    var hours: [Int] = []
    let result = try operation.run(sides, over: state) { hours.append($0) }
    #expect(result.reports.count == 2 && result.reports[0].policy == "active revisions" && result.problem == nil)
    #expect(result.reports[0].totals.decided > 0)
    #expect((hours.last ?? 0) > 2, "hours of all runs are counted")
    let past = try #require(Instant(rfc3339: "2026-11-22T08:00:00Z"))
    let error = #expect(throws: Problem.self) {
      try SimulateStore(
        Scenario(), at: past, now: now, hours: 2, everyS: 600, seed: 1, suspendAfter: 20, tenant: nil
      ).read(store)
    }
    #expect(error?.code == .invalidInput, "\(error?.message ?? "")")
    let unknown = #expect(throws: Problem.self) {
      try SimulateStore(
        Scenario(), at: nil, now: now, hours: 2, everyS: 600, seed: 1, suspendAfter: 20, tenant: TenantID("acmee")
      ).read(store)
    }
    #expect(unknown?.code == .tenantNotFound)
  }

  @Test func `a simulation in which a policy fails is a problem that names the policy`() throws {
    let operation = try SimulateStore(
      Scenario(), at: nil, now: now, hours: 1, everyS: 600, seed: 1, suspendAfter: 20, tenant: nil)
    let failing = SimulatedPolicies(try policy("return nothing.there"), catalog: catalog)
    let result = try operation.run([failing], over: try operation.read(store))
    #expect(result.problem?.code == .policyFailed)
    #expect(result.problem?.message.contains("candidate.lua") == true)
  }

  @Test func `a case made from a decision creates a file, or is added to the policy's cases`() throws {
    let number = try #require(try engine.contact("welcome/L1").decisions.first?.number)
    let path = engine.folder.file("hold_test.lua")
    let written = try WriteCase(number, of: nil, isAnonymous: false, to: path).run(on: store)
    #expect(!written.isAdded && written.made.number == number)
    #expect(!engine.folder.exists("hold_test.lua"), "the operation writes nothing")
    try engine.folder.write(written.text, to: "hold_test.lua")
    let added = try WriteCase(number, of: nil, isAnonymous: true, to: path).run(on: store)
    #expect(added.isAdded)
    #expect(try PolicyCases(file: "hold_test.lua", source: Array(added.text.utf8)).count == 2)
    try engine.folder.write(
      written.text.replacing("policy = 'hold'", with: "policy = 'other'"), to: "other_test.lua")
    let error = #expect(throws: Problem.self) {
      try WriteCase(number, of: nil, isAnonymous: false, to: engine.folder.file("other_test.lua")).run(on: store)
    }
    #expect(error?.code == .invalidInput, "\(error?.message ?? "")")
  }

  @Test func `a search gets its requests from due contacts`() throws {
    let active = ComparePolicies(try policy("return wait('x', 60)"), catalog: catalog, at: later(), now: now)
    #expect(try active.count(in: store) == 4)
    #expect(try DueRequestsQuery().run(on: store, at: later()).count == 4)
    var search = SearchPolicy()
    search.requests = 20
    search.skipped = ["no such property"]
    let error = #expect(throws: Problem.self) { try search.run("fallback", stopwatch: { 0 }) }
    #expect(error?.code == .invalidInput && error?.message.hasPrefix("--skip: ") == true)
    search.skipped = []
    #expect(try search.run("fallback", stopwatch: { 0 }).report.requests == 20)
  }
}

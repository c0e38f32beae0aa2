import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Synchronization
import Testing

/// Transactions, turns and cycles end by a stopwatch, so that no tenant and no other program waits for a slow policy.
struct FairnessTests {
  private let folder = TestFolder()

  /// A cycle over a paced store; tenants have keys from 1 in the order of `leads`.
  private struct Scene {
    let inner: any Store
    let store: PacedStore
    let cycle: Cycle

    @discardableResult
    func run(after seconds: Int64 = 0, shouldStop: @escaping () -> Bool = { false }) throws -> CycleReport {
      try cycle.run(at: TestInstance.start.advanced(bySeconds: seconds), shouldStop: shouldStop)
    }

    func queued(_ tenant: Int) throws -> Int {
      try inner.sequences().sequences.filter { $0.tenant.text == "t\(tenant)" }.flatMap(\.steps)
        .reduce(0) { $0 + ($1.enrolments[.queued] ?? 0) }
    }
  }

  /// Tenants with so many leads each, enrolled and due unless `isEnrolled` is false.
  private func scene(
    leads: [Int], budget: TimeBudget? = TimeBudget(), isEnrolled: Bool = true,
    cost: @escaping @Sendable (TenantKey) -> Double
  ) throws -> Scene {
    var scenario = StoreScenario()
    for (index, count) in leads.enumerated() {
      let tenant = "t\(index + 1)"
      scenario.tenant(tenant, policy: "assigned")
      scenario.device("D1", of: tenant)
      scenario.sequence(of: tenant)
      for lead in 0..<count {
        scenario.lead(lead, of: tenant, device: "D1", triggers: isEnrolled ? [] : ["NEW"])
        guard isEnrolled else { continue }
        scenario.add(
          "enrolment", [("tenant", .string(tenant)), ("sequence", .string("welcome")), ("lead", .string("L\(lead)"))])
      }
    }
    let inner = try scenario.store(in: folder, at: TestInstance.start)
    let store = PacedStore(inner, cost: cost)
    let cycle = Cycle(
      store: store, registry: PolicyRegistry(catalog: PolicyCatalog(rules: nil), acceptance: StandardAcceptance()),
      epoch: try inner.becomeLeader(processID: 1, at: TestInstance.start), stopwatch: { store.time },
      budget: budget, leaveGap: { _ in store.leaveGap() })
    return Scene(inner: inner, store: store, cycle: cycle)
  }

  @Test(arguments: [0.5, 9, 73, 400])
  func `a transaction ends after 50 ms and the current decision`(cost: Double) throws {
    let scene = try scene(leads: [150], budget: nil) { _ in cost }
    #expect(try scene.run().queued == 150)
    #expect(scene.store.transactions.allSatisfy { $0.milliseconds < 50 + cost })
    #expect(scene.store.transactions.reduce(0) { $0 + $1.steps.count } == 150)
  }

  @Test func `a cycle without a budget goes on until nothing is due, however slow it is`() throws {
    let scene = try scene(leads: [40, 3], budget: nil) { _ in 73 }
    let report = try scene.run()
    #expect(report.queued == 43 && !report.isUnfinished)
  }

  @Test func `a tenant takes 250 ms of a cycle, and the next cycle continues`() throws {
    let scene = try scene(leads: [100]) { _ in 9 }
    let report = try scene.run()
    #expect(report.isUnfinished && (25...33).contains(report.queued))
    for second in 1...4 { try scene.run(after: Int64(second)) }
    #expect(try scene.queued(1) == 100)
    #expect(try !scene.run(after: 9).isUnfinished)
  }

  @Test(arguments: [0.05, 9, 73])
  func `a small tenant gets its first decision within two seconds beside a large one`(cost: Double) throws {
    let scene = try scene(leads: [3000, 10]) { $0.raw == 1 ? cost : 1 }
    try scene.run()
    let first = try #require(scene.store.first[TenantKey(2)])
    #expect(first < 150)
    #expect(try scene.queued(2) == 10)
  }

  @Test func `30 tenants with slow policies share a second, and none is left out for long`() throws {
    let scene = try scene(leads: Array(repeating: 20, count: 30) + [2]) { $0.raw == 31 ? 1 : 73 }
    let report = try scene.run()
    #expect(report.isUnfinished)
    #expect(scene.store.time < 1000 + 150)
    try scene.run(after: 1)
    try scene.run(after: 2)
    #expect(scene.store.first.count == 31)
    let small = try #require(scene.store.first[TenantKey(31)])
    #expect(small < 2600)
  }

  @Test func `a tenant's share shrinks with the number of tenants that have work`() throws {
    let scene = try scene(leads: Array(repeating: 300, count: 20)) { _ in 1 }
    try scene.run()
    let counts = try (1...20).map { try scene.queued($0) }
    #expect(scene.store.time < 1100)
    #expect(counts.min()! > 20 && counts.max()! < 110)
  }

  @Test func `an idle tenant does not shrink the share of others`() throws {
    let scene = try scene(leads: [300] + Array(repeating: 0, count: 30)) { _ in 1 }
    try scene.run()
    #expect(try scene.queued(1) > 240)
  }

  @Test func `enrolling takes at most half of a tenant's time, and its steps are decided`() throws {
    let scene = try scene(leads: [100, 2], isEnrolled: false) { $0.raw == 1 ? 9 : 1 }
    let report = try scene.run()
    #expect(report.isUnfinished && report.enrolled < 20 && report.enrolled > 10)
    #expect(try scene.queued(1) > 8)
    #expect(try scene.queued(2) == 2)
    for second in 1...9 { try scene.run(after: Int64(second)) }
    #expect(try scene.queued(1) == 100)
  }

  @Test func `a stop ends a transaction after the current decision, and commits it`() throws {
    let scene = try scene(leads: [100], budget: nil) { _ in 9 }
    let report = try scene.run { scene.store.time >= 20 }
    #expect(report.queued == 3)
    #expect(try scene.queued(1) == 3)
  }

  @Test func `a gap is left before transactions while the store is busy`() throws {
    let scene = try scene(leads: [100], budget: nil) { _ in 9 }
    try scene.run()
    #expect(scene.store.gaps >= scene.store.transactions.count)
    let before = scene.store.gaps
    try scene.run(after: 1)
    #expect(scene.store.gaps <= before + 1)
  }
}

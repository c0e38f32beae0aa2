import DryRun
import Policies
import Routing
import RoutingTestKit
import Testing

/// A simulated day: what happens in it, and that the totals add up.
struct SimulationTests {
  private static let start = TestInstance.start

  /// One tenant with three devices and sixty leads assigned to them.
  private static func scenario(pace: [Double]? = [20, 40], isOptedOut: Bool = false) -> StoreScenario {
    var scenario = StoreScenario()
    scenario.tenant("acme")
    for device in 1...3 { scenario.device("D\(device)", hour: 60, pace: pace) }
    scenario.sequence(delays: [0, 1800])
    for lead in 1...60 { scenario.lead(lead, device: "D\(lead % 3 + 1)", isOptedOut: isOptedOut) }
    return scenario
  }

  private struct Sent {
    let device: String
    let contact: String
    let step: Int
    let at: Instant
  }

  private struct Run {
    let report: SimulationReport
    let sent: [Sent]
  }

  private static func run(
    _ scenario: StoreScenario, policy: String = "fallback", hours: Int = 3, incidents: [Incident] = [],
    arrivals: [Arrivals] = [], seed: UInt64 = 1, files: [String: String] = [:]
  ) throws -> Run {
    let folder = TestFolder()
    for (name, source) in files { try folder.write(source, to: "Rules/\(name).lua") }
    let state = try scenario.store(in: folder, at: start).state(of: nil, modelLeads: 10, at: start)
    var options = Simulation.Options(start: start, hours: hours)
    (options.incidents, options.arrivals, options.seed) = (incidents, arrivals, seed)
    let entry = try PolicyCatalog(rules: folder.file("Rules")).entry(named: policy)
    var sent: [Sent] = []
    let report = try Simulation(state, options: options).run(
      policy, policies: { [CompiledPolicy.orBroken(entry, parameters: $0.parameters)] },
      observe: {
        guard case .sent(let tenant, _, let device, let contact, let step, let at) = $0 else { return }
        sent.append(Sent(device: "\(tenant)/\(device)", contact: "\(tenant)/\(contact)", step: step, at: at))
      })
    return Run(report: report, sent: sent)
  }

  private static func minute(_ minutes: Int64) -> Instant { start.advanced(bySeconds: minutes * 60) }

  private static func expectSums(_ report: SimulationReport, _ place: Comment? = nil) {
    let totals = report.totals
    #expect(totals.contacts == totals.openAtStart + totals.enrolled, place)
    #expect(
      totals.contacts == totals.scheduled + totals.waiting + totals.queuedContacts + totals.completed + totals.failed
        + totals.cancelled, place)
    #expect(totals.decided == totals.queued + totals.waits + totals.skipped + totals.stopped, place)
    #expect(
      totals.inQueueAtStart + totals.queued == totals.sent + totals.messagesCancelled + totals.inQueue, place)
    #expect(report.hours.reduce(0) { $0 + $1.sent } == totals.sent, place)
    #expect(report.hours.reduce(0) { $0 + $1.decided } == totals.decided, place)
    #expect(report.hours.reduce(0) { $0 + $1.enrolled } == totals.enrolled, place)
    #expect(report.devices.reduce(0) { $0 + $1.sent } == totals.sent, place)
    #expect(report.devices.reduce(0) { $0 + $1.inQueue } == totals.inQueue, place)
    #expect(report.hours.last?.waiting == totals.waiting && report.hours.last?.inQueue == totals.inQueue, place)
  }

  @Test func `every contact gets every step once, and the run drains`() throws {
    let run = try Self.run(Self.scenario())
    #expect(run.sent.count == 120)
    #expect(Set(run.sent.map { "\($0.contact) \($0.step)" }).count == 120)
    #expect(run.report.totals.completed == 60)
    #expect(run.report.drainedAt == run.sent.map(\.at).max())
    Self.expectSums(run.report)
    let fairness = try #require(run.report.fairness.first)
    #expect(fairness.gini == 0 && fairness.maxOverMean == 1 && fairness.devices == 3)
  }

  @Test func `messages keep their device's pace`() throws {
    let run = try Self.run(Self.scenario())
    for device in Set(run.sent.map(\.device)) {
      let moments = run.sent.filter { $0.device == device }.map(\.at.milliseconds)
      #expect(zip(moments, moments.dropFirst()).allSatisfy { $1 - $0 >= 20_000 })
    }
  }

  @Test func `a device sends nothing during its outage, and its queue afterwards`() throws {
    let incidents = [
      Incident(device: "D1", at: Self.minute(5), change: .goOffline),
      Incident(device: "D1", at: Self.minute(65), change: .comeBack),
    ]
    let run = try Self.run(Self.scenario(), policy: "assigned", incidents: incidents)
    let own = run.sent.filter { $0.device == "acme/D1" }.map(\.at)
    #expect(own.contains { $0 < Self.minute(5) })
    #expect(!own.contains { $0 >= Self.minute(5) && $0 < Self.minute(65) })
    #expect(own.contains { $0 >= Self.minute(65) })
    #expect(run.report.totals.completed == 60)
    #expect(run.report.hours[0].inQueueOffline > 0)
    Self.expectSums(run.report)
  }

  @Test func `a retired device sends nothing more and keeps its queue, and the policy looks after its contacts`()
    throws
  {
    let incident = Incident(device: "acme/D3", at: Self.minute(3), change: .retire)
    let run = try Self.run(Self.scenario(), incidents: [incident])
    #expect(!run.sent.contains { $0.device == "acme/D3" && $0.at >= Self.minute(3) })
    let retired = try #require(run.report.devices.first { $0.device.text == "D3" })
    #expect(retired.status == .retired && retired.inQueue > 0)
    #expect(run.report.totals.inQueueOffline == retired.inQueue)
    #expect(run.report.totals.fallbacks > 0)
    Self.expectSums(run.report)
  }

  @Test func `a limit applies from its time on`() throws {
    let incident = Incident(device: "D2", at: Self.minute(2), change: .cap(.hour, 4))
    let run = try Self.run(Self.scenario(), policy: "assigned", hours: 6, incidents: [incident])
    let moments = run.sent.filter { $0.device == "acme/D2" && $0.at >= Self.minute(62) }.map(\.at.milliseconds)
    for moment in moments {
      #expect(moments.count { $0 >= moment && $0 < moment + RecentSends.hour } <= 4)
    }
    let capped = try #require(run.report.devices.first { $0.device.text == "D2" })
    #expect(capped.hoursAtCap > 1)
  }

  @Test func `leads arrive at their rate, each once, and go through the sequence`() throws {
    let arrivals = [
      Arrivals(sequence: nil, count: 50, perMilliseconds: RecentSends.hour),
      Arrivals(sequence: "acme/welcome", count: 1, perMilliseconds: RecentSends.minute),
    ]
    let run = try Self.run(Self.scenario(pace: nil), hours: 4, arrivals: arrivals)
    #expect(run.report.totals.arrivals == 200 + 240)
    // Leads that arrive after the last cycle are not enrolled yet.
    #expect(run.report.totals.enrolled + run.report.totals.leadsWaiting == 60 + 440)
    #expect(Set(run.sent.map { "\($0.contact) \($0.step)" }).count == run.sent.count)
    #expect(run.sent.contains { $0.contact == "acme/welcome/arrival-1-1" })
    Self.expectSums(run.report)
  }

  @Test func `a lead that opted out gets nothing`() throws {
    let run = try Self.run(Self.scenario(isOptedOut: true))
    #expect(run.sent.isEmpty && run.report.totals.enrolled == 0)
    #expect(run.report.emptiedAt == Self.start)
  }

  @Test func `the same seed gives the same run, and another seed other pauses`() throws {
    let arrivals = [Arrivals(sequence: nil, count: 20, perMilliseconds: RecentSends.hour)]
    let runs = try [1, 1, 2].map { try Self.run(Self.scenario(), arrivals: arrivals, seed: $0) }
    let sends = runs.map { $0.sent.map { "\($0.device) \($0.contact) \($0.step) \($0.at.milliseconds)" } }
    #expect(sends[0] == sends[1])
    #expect(sends[0] != sends[2])
    #expect(runs[0].report.hours == runs[1].report.hours && runs[0].report.devices == runs[1].report.devices)
  }

  @Test(
    arguments: ["assigned", "fallback", "least_loaded"] + SimulatedWorld.policies.keys.sorted(),
    [7, 8, 9] as [UInt64])
  func `no cap is exceeded in any window, no step is sent twice or early, and the sums are right`(
    policy: String, seed: UInt64
  ) throws {
    var random = SeededRandom(seed: seed)
    let world = SimulatedWorld(policies: [[policy], [policy], ["random", policy]], &random)
    let incidents = world.incidents(from: Self.start, hours: 5, &random).filter {
      if case .cap = $0.change { false } else { true }
    }
    let arrivals = [Arrivals(sequence: nil, count: 60, perMilliseconds: RecentSends.hour)]
    let run = try Self.run(
      world.scenario, policy: policy, hours: 5, incidents: incidents, arrivals: arrivals, seed: seed,
      files: SimulatedWorld.policies)
    let place: Comment = "policy \(policy), seed \(seed)"
    Self.expectSums(run.report, place)
    #expect(Set(run.sent.map { "\($0.contact) \($0.step)" }).count == run.sent.count, place)
    for (contact, messages) in Dictionary(grouping: run.sent, by: \.contact) {
      #expect(messages.map(\.step) == messages.map(\.step).sorted(), "\(contact), \(place)")
    }
    for (device, limits) in world.limits {
      let moments = run.sent.filter { $0.device == device }.map(\.at.milliseconds)
      for (cap, window) in [
        (limits.minute, RecentSends.minute), (limits.hour, RecentSends.hour), (limits.day, RecentSends.day),
      ] {
        guard let cap else { continue }
        for (place, moment) in moments.enumerated() where place + cap < moments.count {
          #expect(moments[place + cap] - moment >= window, "over a cap: \(device), seed \(seed)")
        }
      }
    }
    #expect(!run.sent.contains { world.optedOut.contains($0.contact) }, place)
  }

  @Test func `a drill must name an existing device unambiguously`() throws {
    var scenario = Self.scenario()
    scenario.tenant("globex")
    scenario.device("D1", of: "globex")
    let incident = { (name: String) in [Incident(device: name, at: Self.start, change: .retire)] }
    let texts = ["D9", "D1"].map { name -> String in
      do {
        _ = try Self.run(scenario, incidents: incident(name))
        return "no error"
      } catch { return (error as? SimulationError)?.message ?? "\(error)" }
    }
    #expect(texts[0] == "expected a device of the store, found 'D9'")
    #expect(
      texts[1]
        == "expected a device with an unambiguous name, found 'D1', which is acme/D1 and globex/D1: write TENANT/DEVICE"
    )
    _ = try Self.run(scenario, incidents: incident("globex/D1"))
    #expect(throws: SimulationError.self) {
      try Self.run(scenario, arrivals: [Arrivals(sequence: "nothing", count: 1, perMilliseconds: 1000)])
    }
    #expect(throws: SimulationError.self) {
      try Self.run(scenario, arrivals: [Arrivals(sequence: nil, count: 1_000_000, perMilliseconds: 1000)])
    }
  }
}

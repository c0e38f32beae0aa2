import DryRun
import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Testing
import Wire

/// A simulation is the live engine without the store: from the same state it decides and sends the same.
struct SimulationConformanceTests {
  private static let shipped = ["assigned", "fallback", "least_loaded", "reassign", "strict"]

  @Test(arguments: shipped + SimulatedWorld.policies.keys.sorted(), [20_261_123, 20_261_124] as [UInt64])
  func `it decides and sends what the engine does, decision for decision and message for message`(
    policy: String, seed: UInt64
  ) async throws {
    var random = SeededRandom(seed: seed)
    let world = SimulatedWorld(policies: [[policy], ["fallback"], ["random", policy]], &random)
    let first = try TestInstance(world.scenario, files: SimulatedWorld.policies, suspendAfter: 7)
    // Runs for a while first, so that windows, queues, waits and streaks are recorded.
    for _ in 0..<8 { try await first.step(seconds: 60) }
    try world.addLate(to: first)
    // A simulation knows what a new process knows: which contacts were asked since the last capacity is not in the store.
    let engine = try TestInstance(continuing: first, suspendAfter: 7)

    let start = engine.clock.now()
    let (hours, ticks) = (2, 120)
    let incidents = world.incidents(from: start, hours: hours, &random)
    var options = Simulation.Options(start: start, hours: hours)
    options.sendEveryMilliseconds = 60_000
    options.seed = 0
    options.incidents = incidents
    options.suspendAfter = 7
    let state = try engine.store.state(of: nil, modelLeads: 0, at: start)
    var simulated = Course()
    let catalog = PolicyCatalog(rules: engine.folder.file("Rules"))
    let report = try Simulation(state, options: options).run(
      "the same",
      lineup: { tenant in
        PolicyRegistry(catalog: catalog, acceptance: StandardAcceptance()).refresh(tenant).lineup
      }, observe: { simulated.add($0) })

    var live = Course()
    var seen = engine.gateway.sent.count
    for _ in 0..<ticks {
      let now = engine.clock.now()
      for incident in incidents where incident.at == now { try world.apply(incident, to: engine) }
      try await engine.step(seconds: 60)
      for message in engine.gateway.sent.dropFirst(seen) { live.add(message, at: now) }
      seen = engine.gateway.sent.count
    }
    try live.addDecisions(of: engine, since: start)

    let place: Comment = "policy \(policy), seed \(seed)"
    expectSame(simulated.decisions, live.decisions, place)
    expectSame(simulated.sends.sorted(), live.sends.sorted(), place)
    #expect(live.decisions.count > 50 && live.sends.count > 20, "the world is alive: \(live.counts), \(place)")
    try expectEnd(report.totals, of: engine, place)
  }

  private func expectSame(_ simulated: [String], _ live: [String], _ place: Comment) {
    if simulated == live { return }
    let count = zip(simulated, live).prefix { $0 == $1 }.count
    Issue.record(
      """
      \(place): \(simulated.count) simulated, \(live.count) live; the first \(count) are the same, then
      simulated: \(simulated.dropFirst(count).first ?? "nothing")
      live:      \(live.dropFirst(count).first ?? "nothing")
      """)
  }

  /// The totals match the contacts' states in the store.
  private func expectEnd(_ totals: SimulationReport.Totals, of engine: TestInstance, _ place: Comment) throws {
    var states: [EnrolmentStatus: Int] = [:]
    for sequence in try engine.store.sequences().sequences {
      for step in sequence.steps { states.merge(step.enrolments) { $0 + $1 } }
    }
    #expect(totals.scheduled == states[.scheduled] ?? 0, place)
    #expect(totals.waiting == states[.waiting] ?? 0, place)
    #expect(totals.queuedContacts == states[.queued] ?? 0, place)
    #expect(
      totals.contacts == states.values.reduce(0, +) - (states[.completed] ?? 0) - (states[.cancelled] ?? 0)
        + totals.completed + totals.cancelled, place)
  }
}

/// The events, one line each.
private struct Course {
  private(set) var decisions: [String] = []
  private(set) var sends: [String] = []
  var counts: String { "\(decisions.count) decisions, \(sends.count) sends" }

  mutating func add(_ event: SimulationEvent) {
    switch event {
    case .decided(let tenant, let contact, let commit, let at):
      guard let decision = commit.decision else { return }
      var (device, until) = ("-", "-")
      if case .queue(_, let key, _, _) = commit { device = "\(key.raw)" }
      if case .wait(_, let moment) = commit { until = moment.rfc3339 }
      decisions.append(
        line(
          at.rfc3339, "\(tenant)", "\(contact.id)", "\(contact.step)", decision.outcome.rawValue, device, until,
          decision.reason, "\(Int64(bitPattern: decision.seed))", "\(decision.instructions)", decision.revision))
    case .sent(let tenant, let message, let device, let contact, let step, let at):
      sends.append(line(at.rfc3339, "\(tenant)", "\(message.raw)", "\(device)", "\(contact)", "\(step)"))
    }
  }

  mutating func add(_ message: Message, at now: Instant) {
    sends.append(
      line(
        now.rfc3339, "\(message.tenant)", "\(message.key.raw)", "\(message.device)", "\(message.contact)",
        "\(message.step)"))
  }

  /// The recorded decisions, in the order in which they were made.
  mutating func addDecisions(of engine: TestInstance, since start: Instant) throws {
    let bytes = try engine.store.exportedBytes()
    let state = try engine.store.state(of: nil, modelLeads: 0, at: start)
    var keys: [String: Int64] = [:]
    for tenant in state.tenants {
      for device in tenant.devices { keys["\(tenant.tenant.id)/\(device.device.id)"] = device.device.key.raw }
    }
    for text in bytes.split(separator: UInt8(ascii: "\n")) where text.starts(with: #"{"type":"decision""#.utf8) {
      guard case .object(let row) = try JSONParser.parse(Array(text)) else { continue }
      let value = { (key: String) -> String in
        switch row[key] {
        case .string(let text)?: text
        case .integer(let number)?: "\(number)"
        default: "-"
        }
      }
      guard let at = Instant(rfc3339: value("at")), at >= start else { continue }
      let device = keys["\(value("tenant"))/\(value("device"))"].map { "\($0)" } ?? "-"
      decisions.append(
        line(
          value("at"), value("tenant"), "\(value("sequence"))/\(value("lead"))", value("step"), value("outcome"),
          device,
          value("until"), value("reason"), value("seed"), value("instructions"), value("revision")))
    }
  }

  private func line(_ parts: String...) -> String { parts.joined(separator: " | ") }
}

import Routing
import RoutingTestKit
import Testing

extension Slow {
  /// The size of the record, measured in the file.
  struct RecordSizeTests {
    /// Eight hours of a fleet of 100 devices, a cycle per minute: contacts become due all day, with one message for each
    /// of two steps. Devices have the caps and paces of WhatsApp numbers; one in ten goes offline and comes back.
    @Test func `a decision takes at most 200 bytes with a fleet of 100 devices`() async throws {
      var scenario = StoreScenario()
      scenario.tenant("acme", policy: "fallback")
      for device in 1...100 {
        scenario.device("D\(device)", minute: 6, hour: 80, day: 800, queue: 50, pace: [5, 15], tags: ["kl", "sales"])
      }
      scenario.sequence(delays: [0, 3600])
      let engine = try TestInstance(scenario)
      var random = SeededRandom(seed: 11)
      var lead = 0
      for minute in 0..<480 {
        var arrivals = StoreScenario()
        for _ in 0..<Int.random(in: 4...24, using: &random) {
          arrivals.lead(lead, device: "D\(Int.random(in: 1...100, using: &random))", name: "Lead \(lead)")
          lead += 1
        }
        _ = try engine.store.importFile(.init(arrivals.jsonLines), .init(now: engine.clock.now()))
        if minute % 5 == 0 {
          let device = DeviceID("D\(Int.random(in: 1...10, using: &random))")!
          try engine.store.setDeviceStatus(
            device, of: TenantID("acme")!, to: Bool.random(using: &random) ? .online : .offline, reason: "test",
            actor: "test", at: engine.clock.now())
        }
        try await engine.step(seconds: 60)
      }
      let rows = try RecordRows(engine)
      let decisions = try rows.count("SELECT count(*) FROM decisions")
      let names = [
        "decisions", "decisions_unrecorded", "fleet_records", "fleet_records_tenant", "lead_history",
        "enrolment_history", "step_history",
      ]
      let pages = try names.map { ($0, try rows.count("SELECT sum(pgsize) FROM dbstat WHERE name = '\($0)'")) }
      let bytes = pages.reduce(0) { $0 + $1.1 }
      let fleets = try rows.count("SELECT count(*) FROM fleet_records")
      let keyframes = try rows.count("SELECT count(*) FROM fleet_records WHERE base_id IS NULL")
      let perDecision = Double(bytes) / Double(decisions)
      print(
        "\(decisions) decisions take \((perDecision * 10).rounded() / 10) bytes each, in \(fleets) fleets, \(keyframes) of them whole: "
          + pages.map { "\($0.0) \($0.1)" }.joined(separator: ", "))
      #expect(decisions > 5000 && keyframes < fleets / 10)
      #expect(perDecision <= 200)
    }
  }
}

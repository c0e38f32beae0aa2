import Routing
import Wire

/// A simulated day on a generated store: devices come and go, leads opt out and are edited, more arrive, and cycles
/// run.
package struct RecordedDay {
  package private(set) var engine: TestInstance
  private var random: SeededRandom
  private var leads: Int
  private let devices: Int

  /// Policies in addition to the shipped ones.
  package static let files = [
    "careless": """
    return { select = function(c, fleet)
      local n = random(6)
      if n == 1 then return wait('not now', random(900)) end
      if n == 2 then return skip('left out') end
      if n == 3 then return nil end
      local d = fleet[random(#fleet)]
      if n == 4 then return move(d, 'moved') end
      return use(d, 'drawn for ' .. (c.name or 'nobody') .. ' ' .. c.attempts .. ' ' .. (c.last_device or '-'))
    end }
    """,
    "opinionless": "return { select = function(c, fleet) note('asked at ' .. now) end }",
    "faulty": """
    return { select = function(c, fleet)
      if random() < 0.2 then error('bad luck') end
      if random() < 0.2 then return use('nobody', 'x') end
      if random() < 0.3 then return nil end
      return use(fleet:hash(c.id), 'hashed')
    end }
    """,
    "notes": """
    return { select = function(c, fleet)
      note('due ' .. c.due_at)
      for i, d in ipairs(fleet:candidates(3)) do
        note(d.id .. ' ' .. d.load .. ' ' .. d.sent_minute .. ' ' .. d.sent_hour .. ' ' .. d.sent_day .. ' '
          .. d.queued .. ' ' .. d.in_flight .. ' ' .. (d.last_sent_at or 0) .. ' ' .. d.failures_hour)
      end
      if random() < 0.5 then return nil end
      return wait('later', 5 + random(300))
    end }
    """,
    "broken": "return { select = function(c, fleet return nil end }",
    "looping": "return { select = function(c, fleet) if c.step > 0 then while true do end end end }",
  ]

  /// `factory` creates the store; without one, `Stores` does.
  package init(
    policies: [String], seed: UInt64, devices: Int = 12, leads: Int = 60, on factory: StoreFactory? = nil
  ) throws {
    random = SeededRandom(seed: seed)
    (self.leads, self.devices) = (leads, devices)
    var scenario = StoreScenario()
    for tenant in ["acme", "globex"] {
      scenario.tenant(tenant, policies: policies, parameters: [])
      for device in 1...devices {
        let chance = { (one: Int, random: inout SeededRandom) in Int.random(in: 0..<one, using: &random) == 0 }
        scenario.device(
          "D\(device)", of: tenant, status: chance(5, &random) ? "offline" : "online",
          minute: chance(3, &random) ? 3 : nil, hour: chance(2, &random) ? 12 : nil, day: chance(3, &random) ? 60 : nil,
          queue: chance(4, &random) ? 5 : nil, pace: chance(3, &random) ? [1, 20] : nil,
          tags: chance(2, &random) ? ["kl", "vip"] : [])
      }
      scenario.sequence(of: tenant, delays: [0, 600, 7200])
      for lead in 0..<leads {
        scenario.lead(
          lead + (tenant == "acme" ? 0 : 5000), of: tenant, device: lead % 9 == 8 ? nil : "D\(lead % devices + 1)",
          name: lead % 4 == 0 ? nil : "Lead \(lead)")
      }
    }
    let (files, gateway) = (RecordedDay.files, RecordedDay.gateway())
    engine =
      try factory.map { try TestInstance(scenario, on: $0, files: files, gateway: gateway) }
      ?? TestInstance(scenario, files: files, gateway: gateway)
  }

  /// Accepts most messages and rejects some.
  private static func gateway() -> FakeGateway {
    FakeGateway(outcome: { message in
      switch message.key.raw % 23 {
      case 3: .deviceFault(reason: "disconnected", pauseSeconds: 120)
      case 7: .refused(reason: "no such number")
      case 11: .unknown(reason: "timed out")
      default: .accepted(gatewayID: nil)
      }
    })
  }

  /// Runs cycles with the events between them.
  package mutating func live(rounds: Int) async throws {
    for _ in 0..<rounds {
      try disturb()
      try await engine.step(seconds: Int64.random(in: 1...1800, using: &random))
    }
  }

  package mutating func restart() throws { engine = try TestInstance(continuing: engine) }

  package func activate(_ policies: [String]) throws { try RecordedDay.activate(policies, on: engine) }

  /// Activates the policies for both tenants, from the next cycle on.
  package static func activate(_ policies: [String], on engine: TestInstance) throws {
    var change = StoreScenario()
    for tenant in ["acme", "globex"] { change.tenant(tenant, policies: policies) }
    try engine.take(change)
  }

  private mutating func disturb() throws {
    let now = engine.clock.now()
    let tenant = Bool.random(using: &random) ? "acme" : "globex"
    let device = DeviceID("D\(Int.random(in: 1...devices, using: &random))")!
    switch Int.random(in: 0..<9, using: &random) {
    case 0, 1:
      try engine.store.setDeviceStatus(
        device, of: TenantID(tenant)!, to: Bool.random(using: &random) ? .online : .offline, reason: "test",
        actor: "test", at: now)
    case 2:
      let lead = Int.random(in: 0..<leads, using: &random) + (tenant == "acme" ? 0 : 5000)
      _ = try? engine.store.optOut("L\(lead)", of: TenantID(tenant)!, actor: "test", at: now)
    case 3:
      var change = StoreScenario()
      let lead = Int.random(in: 0..<leads, using: &random) + (tenant == "acme" ? 0 : 5000)
      change.lead(lead, of: tenant, triggers: [], name: "Renamed at \(now.rfc3339)")
      try engine.take(change)
    case 4:
      var change = StoreScenario()
      for lead in 0..<5 {
        change.lead(leads + lead + (tenant == "acme" ? 0 : 5000), of: tenant, device: device.text)
      }
      leads += 5
      try engine.take(change)
    case 5:
      var change = StoreScenario()
      change.device(device.text, of: tenant, hour: Int.random(in: 5...20, using: &random), tags: ["edited"])
      try engine.take(change)
    case 6 where Int.random(in: 0..<4, using: &random) == 0:
      var change = StoreScenario()
      change.device("N\(now.milliseconds)", of: tenant, hour: 10)
      try engine.take(change)
    default: break
    }
  }
}

import Routing
import RoutingTestKit
import Testing

/// Random fleets, contacts, policies and clocks: the invariants hold after every cycle.
struct InvariantPropertyTests {
  @Test(arguments: [20_261_122, 20_261_123])
  func `no cap exceeded, no foreign device, no early message, none to an opted-out lead, and the sums are right`(
    seed: UInt64
  ) async throws { try await InvariantPropertyTests.run(seed) }

  static func run(_ seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    var world = World(seed: seed)
    let engine = try TestInstance(world.scenario(&random), files: World.policies)
    for round in 0..<25 {
      try world.disturb(engine, &random)
      try await engine.step(seconds: Int64.random(in: 1...1200, using: &random))
      try world.check(engine, round: round)
    }
  }
}

extension Slow {
  /// The same over more worlds.
  struct InvariantPropertyTests {
    @Test(arguments: (2..<24).map { UInt64(20_261_122 + $0) })
    func `the invariants hold in any world`(seed: UInt64) async throws {
      try await SequencingTests.InvariantPropertyTests.run(seed)
    }
  }
}

/// A random world and the invariants that must hold in it.
private struct World {
  let seed: UInt64
  private var limits: [String: (minute: Int?, hour: Int?, day: Int?)] = [:]
  private var tenantOfDevice: [String: String] = [:]
  private var optedOutAt: [String: Int] = [:]
  private var checked = 0
  private var sends: [String: [Int64]] = [:]
  private var steps: Set<String> = []
  private var leads = 0

  init(seed: UInt64) { self.seed = seed }

  /// Careless policies and hostile ones.
  static let policies = WrongPolicies.files.merging(harmful) { careless, _ in careless }

  private static let harmful = [
    "endless": """
    return { select = function(c, fleet)
      if random() < 0.1 then while true do end end
      return use(fleet:hash(c.id), 'hashed')
    end }
    """,
    "thief": "return { select = function(c, fleet) return use('t0-D1', 'of the first tenant') end }",
  ]

  mutating func scenario(_ random: inout SeededRandom) -> StoreScenario {
    var scenario = StoreScenario()
    let shipped = ["assigned", "fallback", "reassign", "strict", "least_loaded"]
    for tenant in 0..<3 {
      let id = "t\(tenant)"
      let pool = shipped + World.policies.keys.sorted()
      let count = Int.random(in: 1...2, using: &random)
      scenario.tenant(id, policies: (0..<count).map { _ in pool.randomElement(using: &random)! }.unique)
      let devices = Int.random(in: 1...6, using: &random)
      for device in 1...devices {
        let name = "\(id)-D\(device)"
        let cap = { (range: ClosedRange<Int>, random: inout SeededRandom) -> Int? in
          Bool.random(using: &random) ? Int.random(in: range, using: &random) : nil
        }
        let limit = (minute: cap(0...4, &random), hour: cap(1...15, &random), day: cap(2...40, &random))
        limits["\(id)/\(name)"] = limit
        tenantOfDevice["\(id)/\(name)"] = id
        scenario.device(
          name, of: id, status: ["online", "online", "offline"].randomElement(using: &random)!,
          minute: limit.minute, hour: limit.hour, day: limit.day, queue: cap(1...10, &random),
          pace: Bool.random(using: &random) ? [0, Double.random(in: 0...30, using: &random)] : nil)
      }
      scenario.sequence(
        "s1", of: id, trigger: "A", delays: (0..<3).map { _ in Int.random(in: 0...900, using: &random) })
      scenario.sequence("s2", of: id, trigger: "B", delays: [0, 0])
      for _ in 0..<Int.random(in: 5...40, using: &random) {
        leads += 1
        let isOptedOut = Int.random(in: 0..<10, using: &random) == 0
        let device = Bool.random(using: &random) ? "\(id)-D\(Int.random(in: 1...devices, using: &random))" : nil
        if isOptedOut { optedOutAt["\(id)/L\(leads)"] = 0 }
        scenario.lead(
          leads, of: id, device: device, triggers: [["A"], ["B"], ["A", "B"], ["AB"]].randomElement(using: &random)!,
          isOptedOut: isOptedOut)
      }
    }
    return scenario
  }

  /// Devices go offline and come back, and leads opt out; the caller controls the clock.
  mutating func disturb(_ engine: TestInstance, _ random: inout SeededRandom) throws {
    let key = tenantOfDevice.keys.sorted().randomElement(using: &random)!
    let tenant = TenantID(tenantOfDevice[key]!)!
    let device = DeviceID(String(key.split(separator: "/")[1]))!
    try engine.store.setDeviceStatus(
      device, of: tenant, to: Bool.random(using: &random) ? .online : .offline, reason: "test", actor: "test",
      at: engine.clock.now())
    if Int.random(in: 0..<4, using: &random) == 0 {
      let lead = Int.random(in: 1...leads, using: &random)
      for tenant in ["t0", "t1", "t2"] {
        guard
          (try? engine.store.optOut("L\(lead)", of: TenantID(tenant)!, actor: "test", at: engine.clock.now())) != nil
        else { continue }
        optedOutAt["\(tenant)/L\(lead)"] = optedOutAt["\(tenant)/L\(lead)"] ?? engine.gateway.sent.count
      }
    }
  }

  mutating func check(_ engine: TestInstance, round: Int) throws {
    let place: Comment = "seed \(seed), round \(round)"
    let sent = engine.gateway.sent
    let stepTime = try moments(engine)
    for (index, message) in sent.enumerated().dropFirst(checked) {
      let device = "\(message.tenant)/\(message.device)"
      #expect(tenantOfDevice[device] == message.tenant.text, "a foreign device, \(place)")
      let lead = "\(message.tenant)/\(message.contact.text.split(separator: "/")[1])"
      if let since = optedOutAt[lead] { #expect(index < since, "to a lead that opted out, \(place)") }
      let step = "\(message.tenant)/\(message.contact)/\(message.step)"
      #expect(steps.insert(step).inserted, "sent twice, \(place)")
      let contact = try engine.contact(message.contact.text, of: message.tenant.text)
      let row = contact.messages.first { $0.step == message.step }
      let at = try #require(row?.sentAt, place)
      sends[device, default: []].append(at.milliseconds)
      if let before = contact.messages.first(where: { $0.step == message.step - 1 })?.sentAt {
        #expect(at >= before, "early, \(place)")
      }
    }
    checked = sent.count
    for (device, moments) in sends {
      let limit = limits[device]!
      for (cap, window) in [
        (limit.minute, RecentSends.minute), (limit.hour, RecentSends.hour), (limit.day, RecentSends.day),
      ] {
        guard let cap else { continue }
        for start in moments {
          #expect(moments.count { $0 >= start && $0 < start + window } <= cap, "over a cap: \(device), \(place)")
        }
      }
    }
    let sequences = try engine.store.sequences()
    for sequence in sequences.sequences {
      #expect(
        sequence.steps.reduce(0) { $0 + $1.enrolments.values.reduce(0, +) } == sequence.enrolments, place)
    }
    #expect(stepTime == sequences.enrolments, "every enrolment is in one state, \(place)")
    let broken = try engine.store.integrity().checks.filter { $0.violations > 0 }
    #expect(broken.isEmpty, "\(broken), \(place)")
    let mismatches = try engine.store.mismatches(since: nil, tenant: nil)
    #expect(mismatches.counts[.mismatch] ?? 0 == 0, place)
    #expect(mismatches.counts.values.reduce(0, +) == mismatches.total, place)
  }

  /// Counts enrolments independently, from an export.
  private func moments(_ engine: TestInstance) throws -> Int {
    let lines = try engine.store.exportedBytes().split(separator: UInt8(ascii: "\n"))
    let prefix = Array(#"{"type":"enrolment""#.utf8)
    return lines.count { $0.starts(with: prefix) }
  }
}

extension Array where Element: Equatable {
  fileprivate var unique: [Element] {
    var result: [Element] = []
    for element in self where !result.contains(element) { result.append(element) }
    return result
  }
}

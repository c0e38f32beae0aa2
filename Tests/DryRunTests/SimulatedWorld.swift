import DryRun
import Routing
import RoutingTestKit
import Wire

/// A random world to simulate: three tenants, devices with limits and paces, sequences of several steps, leads.
struct SimulatedWorld {
  private(set) var scenario = StoreScenario()
  private var devices: [(tenant: String, id: String)] = []
  private let late: StoreScenario
  /// By `TENANT/DEVICE`.
  private(set) var limits: [String: DeviceLimits] = [:]
  /// Enrolments that must get nothing, as `TENANT/SEQUENCE/LEAD`.
  private(set) var optedOut: Set<String> = []

  /// Good policies, careless ones and hostile ones.
  static let policies = WrongPolicies.files.merging(good) { wrong, _ in wrong }

  private static let good = [
    "enroller": """
    return {
      enroll = function(lead, fleet)
        local n = random(6)
        if n == 1 then return wait('later', 120) end
        if n == 2 then return skip('not wanted') end
        if n == 3 then return nil end
        local d = fleet:least_loaded()
        return d and move(d, 'least') or wait('none', 60)
      end,
      select = function(c, fleet)
        if c.last_device and c.last_device.can_accept_more then return use(c.last_device, 'as last time') end
        local few = fleet:candidates(2)
        if #few > 0 and c.attempts < 3 then return move(few[random(#few)], 'one of two') end
        return wait('attempt ' .. c.attempts, 30 + fleet[1].failures_hour)
      end,
    }
    """
  ]

  /// `policies` has the list of each tenant.
  init(policies: [[String]], _ random: inout SeededRandom) {
    var late = StoreScenario()
    var leads = 0
    for (number, list) in policies.enumerated() {
      let id = "t\(number)"
      scenario.tenant(
        id, policies: list.count == 2 && list[0] == list[1] ? [list[0]] : list,
        bulkShare: [nil, 20, 50, 100].randomElement(using: &random)!)
      let count = Int.random(in: 2...6, using: &random)
      for device in 1...count {
        let cap = { (range: ClosedRange<Int>, random: inout SeededRandom) -> Int? in
          Bool.random(using: &random) ? Int.random(in: range, using: &random) : nil
        }
        let limit = DeviceLimits(
          minute: cap(1...4, &random), hour: cap(4...25, &random), day: cap(10...60, &random),
          queue: cap(1...10, &random))
        devices.append((id, "\(id)-D\(device)"))
        limits["\(id)/\(id)-D\(device)"] = limit
        scenario.device(
          "\(id)-D\(device)", of: id, status: ["online", "online", "offline"].randomElement(using: &random)!,
          minute: limit.minute, hour: limit.hour, day: limit.day, queue: limit.queue,
          pace: Bool.random(using: &random) ? [0, Double.random(in: 0...90, using: &random)] : nil)
      }
      scenario.sequence(
        "s1", of: id, trigger: "A", delays: (0..<4).map { _ in Int.random(in: 0...1800, using: &random) },
        priorities: [.normal, .bulk, .urgent, .bulk])
      scenario.sequence("s2", of: id, trigger: "B", delays: [0, 0, 600], priorities: [.urgent, .bulk])
      scenario.sequence("s3", of: id, trigger: "B", delays: [30])
      for place in 0..<Int.random(in: 30...60, using: &random) {
        leads += 1
        let device = Bool.random(using: &random) ? "\(id)-D\(Int.random(in: 1...count, using: &random))" : nil
        let isOptedOut = Int.random(in: 0..<12, using: &random) == 0
        let triggers = [["A"], ["B"], ["A", "B"], ["none"]].randomElement(using: &random)!
        if isOptedOut { optedOut.formUnion(["s1", "s2", "s3"].map { "\(id)/\($0)/L\(leads)" }) }
        if place % 3 == 0 {
          late.lead(leads, of: id, device: device, triggers: triggers, isOptedOut: isOptedOut)
        } else {
          scenario.lead(leads, of: id, device: device, triggers: triggers, isOptedOut: isOptedOut)
        }
      }
    }
    self.late = late
  }

  /// Adds leads that no cycle has seen yet.
  func addLate(to engine: TestInstance) throws {
    _ = try engine.store.importFile(ByteSource(late.jsonLines), ImportOptions(now: engine.clock.now()))
  }

  /// Outages and limits at whole minutes.
  func incidents(from start: Instant, hours: Int, _ random: inout SeededRandom) -> [Incident] {
    var incidents: [Incident] = []
    for device in devices where Bool.random(using: &random) {
      let name = "\(device.tenant)/\(device.id)"
      let from = Int64.random(in: 0..<Int64(hours) * 50, using: &random)
      incidents.append(Incident(device: name, at: start.advanced(bySeconds: from * 60), change: .goOffline))
      incidents.append(Incident(device: name, at: start.advanced(bySeconds: (from + 17) * 60), change: .comeBack))
      incidents.append(
        Incident(device: name, at: start.advanced(bySeconds: (from + 9) * 60), change: .cap(.hour, Int(from % 20))))
    }
    return incidents
  }

  /// Applies a drill to a live engine as the simulation does.
  func apply(_ incident: Incident, to engine: TestInstance) throws {
    let parts = incident.device.split(separator: "/").map(String.init)
    let (tenant, device) = (TenantID(parts[0])!, DeviceID(parts[1])!)
    let now = engine.clock.now()
    let set = { (status: DeviceStatus) in
      try engine.store.setDeviceStatus(device, of: tenant, to: status, reason: "incident", actor: "test", at: now)
    }
    switch incident.change {
    case .goOffline: try set(.offline)
    case .comeBack: try set(wasOffline(device, of: tenant, in: engine) ? .offline : .online)
    case .cap(let window, let limit):
      var line = StoreScenario()
      line.add(
        "device",
        [
          ("tenant", .string(tenant.text)), ("id", .string(device.text)),
          ("limits", .object(JSONObject([(window.rawValue, .integer(Int64(limit)))]))),
        ])
      _ = try engine.store.importFile(ByteSource(line.jsonLines), ImportOptions(now: now))
    case .retire: preconditionFailure("the engine retires no device that has work")
    }
  }

  /// The status in the scenario, before any incident.
  private func wasOffline(_ device: DeviceID, of tenant: TenantID, in engine: TestInstance) -> Bool {
    String(decoding: scenario.jsonLines, as: UTF8.self).split(separator: "\n").contains {
      $0.contains("\"id\":\"\(device)\",\"status\":\"offline\"")
    }
  }
}

import Policies
import Routing
import Testing
import Wire

/// Bulk contacts are decided over reduced limits, in step with the other contacts of the same fleet.
struct BulkContactTests {
  private static let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  /// Shows in its reasons what it read.
  private static let source = """
    return { select = function(c, fleet)
      local d = fleet:least_loaded()
      if not d then return wait('full for ' .. c.priority, 60) end
      return use(d, c.priority .. ' ' .. d.headroom .. ' ' .. d.load .. ' ' .. tostring(d.limit_hour)
        .. ' ' .. tostring(d.limit_queue) .. ' ' .. #fleet:available())
    end }
    """

  private static func policy(_ text: String = source) throws -> CompiledPolicy {
    try CompiledPolicy(file: "p", source: Array(text.utf8))
  }

  private func fleet(_ random: inout SeededRandom, reserved: [Int] = []) -> Fleet {
    let limit = { (range: ClosedRange<Int>, random: inout SeededRandom) -> Int? in
      Bool.random(using: &random) ? Int.random(in: range, using: &random) : nil
    }
    let members = (1...4).map { number in
      let device = Device(
        key: DeviceKey(Int64(number)), id: DeviceID("D\(number)")!, status: number == 4 ? .offline : .online,
        limits: DeviceLimits(
          minute: limit(3...20, &random), hour: limit(0...25, &random), day: limit(5...30, &random),
          queue: limit(1...12, &random)))
      return Fleet.Member(device: device, load: DeviceLoad(sentHour: number, sentDay: number + 1))
    }
    return Fleet(
      tenant: TenantID("t")!, now: Self.now, members: members,
      bulkShare: [0, 40, 80, 100].randomElement(using: &random)!)
  }

  @Test(arguments: 1...30 as ClosedRange<UInt64>)
  func `decisions about mixed priorities equal those of a fleet that is built anew for each`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let start = fleet(&random)
    let evaluator = Evaluator(policies: [try Self.policy()], fleet: start)
    let model = try Self.policy()
    var taken: [Int: Int] = [:]
    for number in 0..<80 {
      let contact = Contact(id: ContactID("c\(number)")!, priority: Priority.allCases.randomElement(using: &random)!)
      let members = start.members.enumerated().map { place, member in
        var member = member
        member.load.queued += taken[place] ?? 0
        if contact.priority == .bulk {
          member.device.limits = member.device.limits.reduced(to: start.bulkShare)
        }
        return member
      }
      let anew = Fleet(tenant: start.tenant, now: start.now, members: members, bulkShare: 100)
      let expected = Evaluator(policies: [model], fleet: anew).decide(contact, seed: 1)
      let found = evaluator.decide(contact, seed: 1)
      #expect(found.reason == expected.reason && found.resolution == expected.resolution, "seed \(seed), \(number)")
      #expect(found.capacityAt == expected.capacityAt)
      if let device = found.resolution.device { taken[device, default: 0] += 1 }
      if number % 7 == 0 {
        #expect(evaluator.reserve(decidedElsewhere: DeviceID("D2")!))
        taken[1, default: 0] += 1
      }
    }
    for place in start.members.indices { #expect(evaluator.fleet.load(place).queued == taken[place] ?? 0) }
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `the sides of a canary see each other's bulk and other messages`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let start = fleet(&random)
    let lineup = CompiledLineup(
      live: [try Self.policy()],
      canary: .init(share: ContactShare(partsPerMillion: 500_000, salt: 7), policies: [try Self.policy()]))
    let sides = LineupEvaluator(lineup, fleet: start)
    let single = Evaluator(policies: [try Self.policy()], fleet: start)
    for number in 0..<60 {
      let contact = Contact(id: ContactID("c\(number)")!, priority: Priority.allCases.randomElement(using: &random)!)
      let side = lineup.side(of: contact.id)
      let found = sides.evaluator(of: side).decide(contact, seed: 1)
      sides.reserve(found.resolution.device, decidedBy: side)
      #expect(found.reason == single.decide(contact, seed: 1).reason, "seed \(seed), \(number)")
    }
  }

  @Test func `an evaluator that reserves nothing reserves nothing for bulk contacts either`() throws {
    var random = SeededRandom(seed: 3)
    let start = fleet(&random)
    let lineup = CompiledLineup(
      live: [try Self.policy("return { select = function() return wait('no', 1) end }")],
      shadow: .init(share: ContactShare(partsPerMillion: 1_000_000, salt: 1), policies: [try Self.policy()]))
    let evaluator = LineupEvaluator(lineup, fleet: start)
    let contact = Contact(id: ContactID("c")!, priority: .bulk)
    let shadow = try #require(evaluator.shadow(for: contact.id))
    let first = shadow.decide(contact, seed: 0)
    #expect(shadow.decide(contact, seed: 0).reason == first.reason)
    #expect(shadow.fleet.members.indices.allSatisfy { shadow.fleet.load($0).queued == 0 })
  }

  private func answer(_ request: String, explains: Bool = true) throws -> DecideAnswer {
    let request = try DecideRequest(json: JSONParser.parse(Array(request.utf8)))
    return DecideAnswer(request, policies: [try Self.policy()], explains: explains)
  }

  @Test func `a request states the priority and the share, and an answer explains the reduced limit`() throws {
    let device = #""devices":[{"id":"D1","sent_hour":64,"limit_hour":80}]"#
    let normal = try answer(#"{"contact":{"id":"c1"},\#(device)}"#)
    #expect(normal.decision.reason == "normal 16 0.8 80 nil 1")
    let bulk = try answer(#"{"contact":{"id":"c1","priority":"bulk"},\#(device)}"#)
    #expect(bulk.decision.reason == "full for bulk")
    #expect(bulk.considered.map(\.reason) == ["bulk messages may use 64 of 80 an hour, and 64 are used"])
    let wider = try answer(#"{"contact":{"id":"c1","priority":"bulk"},\#(device),"bulk_share":100}"#)
    #expect(wider.decision.reason == "bulk 16 0.8 80 nil 1")
    let urgent = try answer(#"{"contact":{"id":"c1","priority":"urgent"},\#(device),"bulk_share":0}"#)
    #expect(urgent.decision.reason == "urgent 16 0.8 80 nil 1")
  }

  @Test(arguments: [
    (#"{"contact":{"id":"c1","priority":"high"}}"#, "one of urgent, normal, bulk"),
    (#"{"contact":{"id":"c1"},"bulk_share":101}"#, "a whole percentage from 0 to 100"),
    (#"{"contact":{"id":"c1"},"bulk_share":-1}"#, "a whole percentage from 0 to 100"),
  ])
  func `a wrong priority or share is refused`(request: String, expected: String) throws {
    let error = #expect(throws: FieldError.self) {
      try DecideRequest(json: JSONParser.parse(Array(request.utf8)))
    }
    #expect(String(describing: error).contains(expected))
  }

  @Test func `a request with a priority and a share is written as it was read`() throws {
    let text = #"{"contact":{"id":"c1","priority":"bulk"},"devices":[{"id":"D1"}],"bulk_share":30}"#
    let request = try DecideRequest(json: JSONParser.parse(Array(text.utf8)))
    let again = try DecideRequest(json: .object(request.json))
    #expect(again.contact == request.contact && again.fleet.bulkShare == 30)
    #expect(request.json["bulk_share"] == .integer(30))
  }
}

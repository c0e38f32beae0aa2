import Policies
import Routing
import RoutingTestKit
import Sequencing
import Testing

/// A lead whose `enroll` hook fails is tried again less and less often, until its cause ends.
struct EnrollFaultTests {
  private static let source = """
    return {
      enroll = function(lead, fleet)
        if lead.name then return use(fleet[1], 'named') end
        return wait(nil .. lead.id)
      end,
      select = function(c, fleet) return use(fleet[1], 'x') end,
    }
    """

  private func engine(_ source: String = source) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(0, device: "D1")
    return try TestInstance(scenario, files: ["mine": source])
  }

  /// Runs a cycle. Returns until when the trigger of L0 waits afterwards, in seconds from now.
  private func wait(_ engine: TestInstance) throws -> Int64 {
    #expect(try engine.decide().enrolled == 0)
    let lead = try engine.store.readHistory { try $0.unenrolled(named: "L0", of: TenantKey(1), limit: 1) }
    let trigger = try #require(lead.first?.triggers.first)
    let next = try #require(trigger.nextAt)
    return (next.milliseconds - engine.clock.now().milliseconds) / 1000
  }

  @Test func `the waits of a lead that always fails double, from a minute to an hour`() throws {
    let engine = try engine()
    var waits: [Int64] = []
    for _ in 0..<8 {
      waits.append(try wait(engine))
      engine.clock.advance(seconds: waits.last!)
    }
    #expect(waits == [60, 60, 120, 240, 480, 960, 1920, 3600])
    #expect(try wait(engine) == 3600)
    engine.clock.advance(seconds: 3599)
    #expect(try wait(engine) == 1, "not before its time")
  }

  @Test(arguments: ["lead", "device", "file"])
  func `a change of what the hook reads ends the wait`(change: String) throws {
    let engine = try engine()
    for _ in 0..<8 { engine.clock.advance(seconds: try wait(engine)) }
    #expect(try wait(engine) == 3600)
    engine.clock.advance(seconds: 5)
    var row = StoreScenario()
    switch change {
    case "lead": row.lead(0, device: "D1", name: "Aina")
    case "device": row.device("D1", tags: ["new"])
    default:
      let fixed = Self.source.replacing("wait(nil .. lead.id)", with: "use('D1', 'any')")
      try engine.folder.write(fixed, to: "Rules/mine.lua")
    }
    try engine.take(row)
    if change == "device" {
      #expect(try wait(engine) == 3600, "tried at once, and fails")
    } else {
      #expect(try engine.decide().enrolled == 1)
    }
  }

  @Test func `a wait that the hook chose is not made longer`() throws {
    let engine = try engine(
      "return { enroll = function(lead) return wait('later', 90) end, "
        + "select = function(c, fleet) return use(fleet[1], 'x') end }")
    for _ in 0..<20 {
      #expect(try wait(engine) == 90)
      engine.clock.advance(seconds: 90)
    }
  }
}

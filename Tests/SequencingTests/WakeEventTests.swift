import Policies
import Routing
import RoutingTestKit
import Sequencing
import Testing

/// Waits that are decided again after a change are reported: individually for a few tenants, as one line for many.
struct WakeEventTests {
  private let wake = "waiting contacts are decided again after a change"

  private func policy(_ reason: String) -> String {
    "return { select = function(c) return wait('\(reason)', 1) end }"
  }

  @Test func `the waits of many tenants that are decided again are one line, with their sums`() throws {
    var scenario = StoreScenario()
    for number in 0..<30 {
      scenario.tenant("t\(number)", policy: "mine")
      scenario.device("D1", of: "t\(number)")
      scenario.sequence(of: "t\(number)")
      for lead in 0...(number % 2) { scenario.lead(lead, of: "t\(number)", device: "D1") }
    }
    let engine = try TestInstance(scenario, files: ["mine": policy("one")])
    try engine.decide()
    try engine.folder.write(policy("two"), to: "Rules/mine.lua")
    engine.clock.advance(seconds: 100)
    let before = engine.said.count
    try engine.decide()
    let said = engine.said.dropFirst(before).map(\.text)
    #expect(said.map(\.message) == ["policy accepted", wake])
    #expect(said[1]["tenant"] == "t0, t1, t2 and 27 others" && said[1]["events"] == "30")
    #expect(said[1]["decided"] == "45" && said[1]["of"] == "45" && said[1]["state"] == "complete")
    #expect(said[1].sentence.contains(", decided 45, of 45, "), "\(said[1].sentence)")
    engine.clock.advance(seconds: 100)
    try engine.decide()
    #expect(engine.said.count == before + 2)
  }

  @Test(arguments: [20, 21])
  func `up to twenty tenants have a line each`(tenants: Int) throws {
    var scenario = StoreScenario()
    for number in 0..<tenants {
      scenario.tenant("t\(number)", policy: "mine")
      scenario.device("D1", of: "t\(number)")
      scenario.sequence(of: "t\(number)")
      scenario.lead(1, of: "t\(number)", device: "D1")
    }
    let engine = try TestInstance(scenario, files: ["mine": policy("one")])
    try engine.decide()
    try engine.folder.write(policy("two"), to: "Rules/mine.lua")
    let before = engine.said.count
    try engine.decide()
    let lines = engine.said.dropFirst(before).map(\.text).filter { $0.message == wake }
    #expect(lines.count == (tenants == 20 ? 20 : 1))
    #expect(Set(lines.map { $0["decided"] }) == [tenants == 20 ? "1" : "21"])
  }
}

import Policies
import Routing
import RoutingTestKit
import Sequencing
import Testing

/// A refused file never decides, in this process or in the next.
struct RefusalTests {
  private static let good = "return { select = function(c, fleet) return use(fleet[1], 'first') end }"
  private static let failingCase =
    "return { policy = 'mine', cases = { { name = 'never', contact = { id = 'c' }, devices = {}, expect = { outcome = 'use' } } } }"

  private func engine(files: [String: String]) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    scenario.device("D1")
    scenario.sequence()
    for lead in 0..<3 { scenario.lead(lead, device: "D1") }
    return try TestInstance(scenario, files: files)
  }

  @Test(arguments: [
    ["mine": good, "mine_test": failingCase],
    ["mine": "return { select = function(c, fleet) return use(fleet[1], 'first', leak) end }"],
    ["mine": "return { select = function(c, fleet) return use(fleet[1], 'first') "],
  ])
  func `a file that was always refused is not the last good revision after a restart`(files: [String: String]) throws {
    var engine = try engine(files: files)
    for restart in 0..<3 {
      let report = try engine.decide()
      #expect(report.queued == 0 && report.waiting == 3, "after \(restart) restarts")
      engine = try TestInstance(continuing: engine)
      engine.clock.advance(seconds: 400)
    }
    // After it is fixed, it decides.
    try engine.folder.write(Self.good, to: "Rules/mine.lua")
    let holding = Self.failingCase.replacing("devices = {}", with: "devices = { { id = 'D1' } }")
    try engine.folder.write(holding, to: "Rules/mine_test.lua")
    let report = try engine.decide()
    #expect(report.queued == 3, "\(engine.said)")
  }
}

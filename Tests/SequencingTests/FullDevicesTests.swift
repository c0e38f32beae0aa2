import Routing
import RoutingTestKit
import Sequencing
import Testing

extension Slow {
  /// 5,000 contacts of four devices whose queues are full, with a cycle every two seconds (F9).
  struct FullDevicesTests {
    private static let plain = """
      return { select = function(contact, fleet)
        local device = fleet:least_loaded()
        if device then return use(device, 'free') end
        return wait('full', 900)
      end }
      """

    private func decisions(_ engine: TestInstance) throws -> Int {
      try engine.store.exportedBytes().split(separator: UInt8(ascii: "\n")).count {
        $0.starts(with: #"{"type":"decision""#.utf8)
      }
    }

    /// `late` contacts arrive before each cycle.
    @Test(arguments: [("fallback", 0), ("fallback", 5), ("least_loaded", 5), ("plain", 0), ("plain", 5)])
    func `each message costs one decision more, and who comes while a place is free goes last`(
      policy: String, late: Int
    ) async throws {
      let contacts = 5000
      var scenario = StoreScenario()
      scenario.tenant("acme", policy: policy)
      for device in 1...4 { scenario.device("D\(device)", queue: 50, pace: [2, 4]) }
      scenario.sequence()
      for lead in 1...contacts { scenario.lead(lead) }
      let engine = try TestInstance(scenario, files: ["plain": Self.plain])
      var (queued, arrived) = (0, 0)
      for cycle in 0..<20 {
        if cycle > 0, late > 0 {
          var row = StoreScenario()
          for lead in 0..<late { row.lead(100_000 + cycle * 100 + lead) }
          try engine.take(row)
          arrived += late
        }
        let report = try await engine.step(seconds: 2)
        queued += report.queued
        if cycle > 0 { #expect(report.decided == report.queued + late) }
      }
      #expect(engine.gateway.sent.count > 30 && queued > 220)
      #expect(try decisions(engine) == contacts + arrived + queued - 200)
      // The contacts that were served are the first ones.
      for lead in 1...queued + 50 {
        #expect(try (engine.contact("welcome/L\(lead)").status == .waiting) == (lead > queued))
      }
      #expect(try engine.store.integrity().isSound)
    }
  }
}

import DryRun
import Routing
import Testing

@testable import Operations

/// Incidents at their times.
struct ScenarioTests {
  private let start = Instant(rfc3339: "2026-11-22T09:00:00Z")!
  private var end: Instant { start.advanced(bySeconds: 24 * 3600) }

  @Test func `times of day, durations and full times become times of the run`() throws {
    var scenario = Scenario()
    scenario.add(.offline(device: "D1", from: SimulatedTime("10:00"), to: SimulatedTime("08:00")), at: "a")
    scenario.add(.retire(device: "D2", at: SimulatedTime("+2h")), at: "b")
    scenario.add(.cap(device: "D3", limit: 5, per: .hour, at: SimulatedTime("2026-11-22T12:00:00Z")), at: "c")
    scenario.add(.arrivals(sequence: nil, count: 60, per: .minute), at: "d")
    let plan = try scenario.plan(start: start, end: end)
    #expect(
      plan.incidents.map(\.at.rfc3339) == [
        "2026-11-22T10:00:00Z", "2026-11-23T08:00:00Z", "2026-11-22T11:00:00Z", "2026-11-22T12:00:00Z",
      ])
    #expect(plan.outages.map(\.device) == ["D1"] && plan.outages[0].to == plan.incidents[1].at)
    #expect(plan.arrivals.map(\.perMilliseconds) == [60_000])
  }

  @Test func `a time outside the run is rejected with its field or option`() {
    var scenario = Scenario()
    scenario.add(.retire(device: "D1", at: SimulatedTime("+25h")), at: "--retire D1@+25h")
    let error = #expect(throws: Problem.self) { try scenario.plan(start: start, end: end) }
    #expect(error?.code == .invalidInput)
    #expect(error?.message.hasPrefix("--retire D1@+25h: expected a time from ") == true)
  }

  @Test func `an outage that ends before it begins is rejected`() {
    var scenario = Scenario()
    scenario.add(
      .offline(device: "D1", from: SimulatedTime("+2h"), to: SimulatedTime("2026-11-22T10:00:00Z")), at: "here")
    let error = #expect(throws: Problem.self) { try scenario.plan(start: start, end: end) }
    #expect(error?.code == .invalidInput && error?.message.hasPrefix("here: expected an outage") == true)
  }

  @Test func `a scenario file means the same as options, and a wrong field is named`() throws {
    var scenario = Scenario()
    try ScenarioFile.read(
      Array(#"{"offline":[{"device":"D1","from":"10:00"}],"cap":[{"device":"D2","limit":3,"per":"day"}]}"#.utf8),
      called: "incident.json", into: &scenario)
    let plan = try scenario.plan(start: start, end: end)
    #expect(plan.incidents.map(\.device) == ["D1", "D2"] && plan.outages[0].to == end)
    let error = #expect(throws: Problem.self) {
      try ScenarioFile.read(
        Array(#"{"cap":[{"device":"D2","limit":3,"per":"week"}]}"#.utf8), called: "incident.json", into: &scenario)
    }
    #expect(error?.message.hasPrefix("incident.json, ") == true && error?.message.contains("cap") == true)
  }
}

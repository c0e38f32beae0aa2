import Foundation
import Stores
import Testing

@testable import Bench

/// Each measure at its smallest size: it runs, its two sides agree, and its figures are plausible. Speed is not tested.
///
/// Serialized, because measures read the resources of the whole process and share folder names.
@Suite(.serialized)
struct MeasureTests {
  /// Positive and finite.
  private func expectFigures(_ figures: Double?..., sourceLocation: SourceLocation = #_sourceLocation) {
    for figure in figures.compactMap(\.self) {
      #expect(figure > 0 && figure.isFinite, sourceLocation: sourceLocation)
    }
  }

  /// With one round, the ratio is that of its two figures.
  private func expectRatio(
    _ ratio: Double, _ usher: Double, by baseline: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectFigures(ratio, usher, baseline, sourceLocation: sourceLocation)
    #expect(abs(ratio - usher / baseline) < 1e-9 * ratio, sourceLocation: sourceLocation)
  }

  @Test func `decisions: every policy over every condition, compared with C`() throws {
    var results: [DecisionResult] = []
    try DecisionBench(rounds: 1, batches: 2).run(devices: [3]) { results.append($0) }
    #expect(results.map(\.policy) == FleetCondition.allCases.flatMap { _ in DecisionBench.policies })
    #expect(Set(results.map(\.devices)) == [3])
    for result in results {
      expectRatio(result.ratio, result.usher, by: result.baseline)
      // Nanoseconds: a decision takes between one nanosecond and one second.
      #expect(result.usher > 1 && result.usher < 1e9)
    }
  }

  @Test func `the ratio of several rounds is the median of theirs`() throws {
    var results: [DecisionResult] = []
    try DecisionBench(rounds: 3, batches: 1).run(devices: [2]) { results.append($0) }
    for result in results { expectFigures(result.ratio, result.usher, result.baseline) }
  }

  @Test func `scoring: every form, compared with plain tables`() throws {
    var results: [ScoringResult] = []
    try ScoringBench(rounds: 1, looks: 1000).run(devices: [20]) { results.append($0) }
    #expect(results.map(\.form) == ScoringForm.allCases)
    for result in results { expectRatio(result.ratio, result.usher, by: result.baseline) }
  }

  @Test func `cycles: every kind of lead and size of batch, the same rows from C and from Usher`() throws {
    var results: [CycleResult] = []
    try CycleBench(contacts: 12, rounds: 1).run { results.append($0) }
    #expect(results.count == LeadProfile.allCases.count * CycleBench.batches.count)
    for result in results {
      #expect(result.contacts == 12 && result.devices == 100)
      expectFigures(result.baseline.cpuMicroseconds, result.usher.cpuMicroseconds, result.cpuRatio)
      // A ratio of speeds: 1 is as fast as C.
      expectRatio(result.wallRatio, result.usher.perSecond, by: result.baseline.perSecond)
    }
  }

  @Test func `tenants: many compared with one`() throws {
    let result = try TenantBench(tenants: 3, contacts: 10, rounds: 1).run()
    #expect((result.tenants, result.devices, result.contacts) == (3, 100, 9), "as many for each")
    expectRatio(result.ratio, result.several, by: result.single)
    expectFigures(result.bringUp, result.peakMegabytes)
  }

  @Test func `a start, a shadow and the read-only tools`() throws {
    let start = try StartBench(contacts: 5, rounds: 1).run()
    #expect(start.contacts == 5)
    expectFigures(start.milliseconds)
    let shadow = try ShadowBench(contacts: 200, rounds: 1).run()
    expectFigures(shadow.with, shadow.without, shadow.own)
    #expect(shadow.ratio.isFinite)
    #expect(abs(shadow.ratio - (shadow.with - shadow.own) / shadow.without) < 1e-9)
    var tools: [ToolResult] = []
    try ToolBench(contacts: 10, rounds: 1).run { tools.append($0) }
    #expect(tools.map(\.tool) == ["deciding alone", "dry run", "replay", "simulate, 24 h"])
    for tool in tools { expectFigures(tool.perSecond, tool.baselinePerSecond, tool.peakMegabytes) }
    #expect(tools[0].baselinePerSecond == tools[0].perSecond || tools[0].baselinePerSecond == nil)
  }

  @Test func `reloads: resident memory before and after`() throws {
    guard let result = try ReloadBench(reloads: 1, warmUp: 1).run() else { return }
    #expect(result.reloads == 1)
    expectFigures(result.before, result.after, result.cpuMicroseconds)
  }
}

/// A history at its smallest size.
@Suite(.serialized)
struct HistoryBenchTests {
  @Test func `a history: the same work on a store with one and on a store without, and the store that is kept`() throws
  {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("history-\(getpid()).db").path
    defer {
      for suffix in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: file + suffix) }
    }
    for _ in 0..<2 {
      let results = try HistoryBench(contacts: 5, messages: 40, rounds: 1, kept: file).run()
      #expect(results.map(\.work) == ["start", "cycle", "sending"] + HistoryBench.reads)
      for result in results {
        #expect(result.empty > 0 && result.long > 0 && result.ratio >= 0 && result.ratio.isFinite)
        #expect((result.contacts, result.messages) == (5, 40))
      }
    }
    let store = try Stores.open(file, mode: .readOnly)
    let broken = try store.integrity().checks.filter { $0.violations > 0 }
    #expect(broken.isEmpty, "\(broken)")
    #expect(throws: BenchFailure.self) {
      _ = try HistoryBench(contacts: 5, messages: 41, rounds: 1, kept: file).run()
    }
  }

  @Test func `the ratio leaves out fifty milliseconds`() {
    let result = HistoryResult(work: "top", contacts: 1, messages: 1, empty: 100, long: 165)
    #expect(abs(result.ratio - 1.15) < 1e-9)
    #expect(HistoryResult(work: "top", contacts: 1, messages: 1, empty: 1, long: 20).ratio == 0)
  }
}

/// One figure of `usher bench`, with its target if it has one.
package struct BenchFigure: Equatable, Sendable {
  /// A bound on the ratio, or on the figure itself if it has no baseline.
  package enum Target: Equatable, Sendable {
    case atMost(Double)
    case atLeast(Double)
  }

  /// What was measured: `decision`, `cycle`, `memory` and others; Docs/Performance.md describes each.
  package var measure: String
  /// The policy that decided; nil if the measure does not depend on one.
  package var policy: String?
  /// The conditions of the measurement: sizes, states of devices.
  package var condition: String
  /// The size of the fleet; nil for a measure without one.
  package var devices: Int?
  /// Contacts in a transaction.
  package var batch: Int?
  /// The cost of the same work in C, in `unit`; nil if there is no baseline.
  package var baseline: Double?
  /// Usher's figure, in `unit`.
  package var usher: Double
  /// The unit of `usher` and `baseline`, as reports print it: `ns CPU`, `contacts/s`, `bytes`.
  package var unit: String
  /// Usher's figure divided by the one it is compared with; the median of the rounds.
  package var ratio: Double?
  /// The bound that `isMet` applies; nil for a figure that is only reported.
  package var target: Target?

  /// Whether the target is met; nil without one. A figure without a ratio is itself compared with the target.
  package var isMet: Bool? {
    let judged = ratio ?? usher
    return switch target {
    case .atMost(let most): judged <= most
    case .atLeast(let least): judged >= least
    case nil: nil
    }
  }
}

/// Collects the results of the benchmarks and adds their targets.
package struct BenchFigures {
  /// Without figures.
  package init() {}

  /// The maximum cost of a decision relative to the bare C call.
  private static let decisionTarget = 2.5
  /// The maximum cost of a decision over the largest fleet relative to the smallest.
  private static let growthTarget = 1.3
  /// The policies to which `growthTarget` applies; others examine more of the fleet.
  private static let flatPolicies = ["assigned", "strict", "fallback", "reassign"]
  /// The minimum speed of a cycle relative to C.
  private static let cycleTarget = 0.85

  /// The maximum cost of scoring every device relative to plain tables.
  private static let scoringTarget = 2.0
  /// The maximum cost of a contact among many tenants relative to one tenant with as many contacts.
  private static let tenantsTarget = 1.5
  private static let tenantsMegabytes = 100.0
  /// The maximum resident memory of a cycle in megabytes, independent of the number of contacts.
  static let cycleMegabytes = 150.0
  /// The maximum time from opening a store to its first recorded decisions.
  private static let startMilliseconds = 1000.0
  /// The minimum speed of a dry run relative to deciding twice and reading.
  private static let dryRunTarget = 0.7
  /// The maximum resident memory after many reloads relative to before.
  private static let reloadsTarget = 1.05

  /// The maximum cost of a cycle with a shadow, minus the shadow's own decisions, relative to a cycle without one.
  private static let shadowTarget = 1.2

  /// The maximum time of a cycle over a waitlist without capacity, and with capacity for a hundred messages.
  private static let waitlistMilliseconds = 20.0
  private static let servedMilliseconds = 40.0

  /// The maximum cost of work on a store with a long history, minus 50 ms, relative to a store without one.
  private static let historyTarget = 1.15

  /// In the order in which they were measured.
  package private(set) var all: [BenchFigure] = []
  private var decisions: [DecisionResult] = []

  mutating func add(_ result: DecisionResult) {
    decisions.append(result)
    add(
      "decision", result.policy, result.condition.rawValue, devices: result.devices, baseline: result.baseline,
      usher: result.usher, unit: "ns CPU", ratio: result.ratio, atMost: BenchFigures.decisionTarget)
  }

  mutating func add(_ result: CycleResult) {
    let lines: [(baseline: Double, usher: Double, unit: String, ratio: Double)] = [
      (result.baseline.perSecond, result.usher.perSecond, "contacts/s", result.wallRatio),
      (result.baseline.cpuMicroseconds, result.usher.cpuMicroseconds, "µs CPU", result.cpuRatio),
    ]
    for line in lines {
      add(
        "cycle", CycleBench.policy, "\(result.contacts) \(result.profile.rawValue)", devices: result.devices,
        batch: result.batch, baseline: line.baseline, usher: line.usher, unit: line.unit, ratio: line.ratio,
        atLeast: BenchFigures.cycleTarget)
    }
  }

  /// Adds how the cost of a decision grows from the smallest fleet to the largest, for the baseline and for Usher.
  mutating func addGrowth() {
    guard let least = decisions.map(\.devices).min(), let most = decisions.map(\.devices).max(), least < most
    else { return }
    for large in decisions where large.devices == most {
      let small = decisions.first {
        $0.devices == least && $0.policy == large.policy && $0.condition == large.condition
      }
      guard let small else { continue }
      let growth = large.usher / small.usher
      add(
        "growth", large.policy, large.condition.rawValue, devices: most, baseline: large.baseline / small.baseline,
        usher: growth, unit: "times \(least)'s", ratio: growth,
        atMost: BenchFigures.flatPolicies.contains(large.policy) ? BenchFigures.growthTarget : nil)
    }
  }

  mutating func add(_ result: ScoringResult) {
    add(
      "scoring", nil, result.form.rawValue, devices: result.devices, baseline: result.baseline, usher: result.usher,
      unit: "ns CPU", ratio: result.ratio, atMost: BenchFigures.scoringTarget)
  }

  mutating func add(_ result: AllocationResult) {
    let lines = [
      (result.swift, "Swift blocks", 0.0 as Double?), (result.lua, "Lua blocks", 0), (result.bytes, "bytes", nil),
    ]
    for (usher, unit, target) in lines {
      add(
        "allocations", result.policy, result.condition.rawValue, devices: result.devices, usher: usher, unit: unit,
        atMost: target)
    }
  }

  mutating func add(_ result: TenantResult) {
    let condition = "\(result.tenants) tenants"
    add(
      "tenants", TenantBench.policy, "\(condition), \(result.contacts) contacts", devices: result.devices,
      baseline: result.single, usher: result.several, unit: "µs CPU", ratio: result.ratio,
      atMost: BenchFigures.tenantsTarget)
    add(
      "tenants", TenantBench.policy, "\(condition), loading policies", devices: result.devices,
      usher: result.bringUp, unit: "ms CPU each")
    guard let peak = result.peakMegabytes else { return }
    add(
      "tenants", TenantBench.policy, "\(condition), memory", devices: result.devices, usher: peak, unit: "MB peak",
      atMost: BenchFigures.tenantsMegabytes)
  }

  mutating func add(_ result: StartResult) {
    add(
      "start", CycleBench.policy, "\(result.contacts) contacts", usher: result.milliseconds, unit: "ms",
      atMost: BenchFigures.startMilliseconds)
  }

  mutating func add(_ result: ToolResult) {
    let condition = "\(result.tool), \(result.contacts) contacts"
    add(
      "tools", nil, condition, baseline: result.baselinePerSecond, usher: result.perSecond, unit: "contacts/s CPU",
      ratio: result.baselinePerSecond.map { result.perSecond / $0 },
      atLeast: result.tool == "dry run" ? BenchFigures.dryRunTarget : nil)
    guard let peak = result.peakMegabytes else { return }
    add("tools", nil, "\(condition), memory", usher: peak, unit: "MB peak")
  }

  mutating func add(_ result: ReloadResult) {
    add(
      "reloads", nil, "resident, \(result.reloads) reloads", baseline: result.before, usher: result.after,
      unit: "MB", ratio: result.after / result.before, atMost: BenchFigures.reloadsTarget)
    add("reloads", nil, "one, with 100 decisions", usher: result.cpuMicroseconds, unit: "µs CPU")
  }

  mutating func add(_ result: ShadowResult) {
    let condition = "\(result.contacts) contacts"
    add(
      "shadow", CycleBench.policy, "\(condition), less the shadow's own decisions", baseline: result.without,
      usher: result.with - result.own, unit: "µs CPU", ratio: result.ratio, atMost: BenchFigures.shadowTarget)
    add("shadow", CycleBench.policy, "\(condition), with the shadow", usher: result.with, unit: "µs CPU")
  }

  mutating func add(_ result: WaitlistResult) {
    let condition = "\(result.contacts) contacts"
    add(
      "waitlist", WaitlistBench.policy, "\(condition), no capacity", devices: WaitlistBench.devices,
      usher: result.withoutCapacity, unit: "ms", atMost: BenchFigures.waitlistMilliseconds)
    add(
      "waitlist", WaitlistBench.policy, "\(condition), capacity for \(result.decided)", devices: WaitlistBench.devices,
      usher: result.withCapacity, unit: "ms", atMost: BenchFigures.servedMilliseconds)
  }

  mutating func add(_ result: WakeResult) {
    add(
      "waitlist", "waits", "\(result.waiting) waits after an edit, longest cycle of \(result.cycles)",
      devices: WakeBench.devices, usher: result.longest, unit: "ms", atMost: WakeBench.millisecondsMax)
  }

  /// `BenchRun` does not take this measure: its store takes minutes to make.
  package mutating func add(_ result: HistoryResult) {
    add(
      "history", nil, "\(result.work), \(result.messages) messages", baseline: result.empty, usher: result.long,
      unit: "ms CPU", ratio: result.ratio, atMost: BenchFigures.historyTarget)
  }

  /// Adds no line if the machine does not report the memory.
  mutating func add(peak megabytes: Double?, of what: String, atMost: Double? = nil) {
    guard let megabytes else { return }
    add("memory", nil, what, usher: megabytes, unit: "MB peak", atMost: atMost)
  }

  private mutating func add(
    _ measure: String, _ policy: String?, _ condition: String, devices: Int? = nil, batch: Int? = nil,
    baseline: Double? = nil, usher: Double, unit: String, ratio: Double? = nil, atMost: Double? = nil,
    atLeast: Double? = nil
  ) {
    all.append(
      BenchFigure(
        measure: measure, policy: policy, condition: condition, devices: devices, batch: batch, baseline: baseline,
        usher: usher, unit: unit, ratio: ratio, target: atMost.map { .atMost($0) } ?? atLeast.map { .atLeast($0) }))
  }
}

import Bench
import Wire

/// What was measured, a line for each figure, with the target where there is one.
struct BenchTable {
  /// Usher's cost of a decision by that of the bare C call, at most.
  private static let decisionTarget = 2.5
  /// The cost of a decision over the largest fleet by that over the smallest, at most.
  private static let growthTarget = 1.3
  /// For these policies; others look at more of the fleet.
  private static let flatPolicies = ["assigned", "strict", "fallback", "reassign"]
  /// Usher's speed in a cycle by that of C, at least.
  private static let cycleTarget = 0.85

  private(set) var listing = Listing([
    "measure", "policy", "condition", "devices", "batch", "floor", "usher", "unit", "ratio", "target", "met",
  ])
  private var decisions: [DecisionResult] = []

  mutating func add(_ result: DecisionResult) {
    decisions.append(result)
    add(
      "decision", result.policy, result.condition.rawValue, devices: result.devices, floor: result.floor,
      usher: result.usher, unit: "ns CPU", ratio: result.ratio, atMost: BenchTable.decisionTarget)
  }

  mutating func add(_ result: CycleResult) {
    let lines: [(floor: Double, usher: Double, unit: String, ratio: Double)] = [
      (result.floor.perSecond, result.usher.perSecond, "contacts/s", result.wallRatio),
      (result.floor.cpuMicroseconds, result.usher.cpuMicroseconds, "µs CPU", result.cpuRatio),
    ]
    for line in lines {
      add(
        "cycle", CycleBench.policy, "\(result.contacts) \(result.profile.rawValue)", devices: result.devices,
        batch: result.batch, floor: line.floor, usher: line.usher, unit: line.unit, ratio: line.ratio,
        atLeast: BenchTable.cycleTarget)
    }
  }

  /// How the cost of a decision grows from the smallest fleet to the largest, of the floor and of Usher.
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
        "growth", large.policy, large.condition.rawValue, devices: most, floor: large.floor / small.floor,
        usher: growth, unit: "times \(least)'s", ratio: growth,
        atMost: BenchTable.flatPolicies.contains(large.policy) ? BenchTable.growthTarget : nil)
    }
  }

  /// Leaves the line out where the machine does not tell.
  mutating func add(peak megabytes: Double?, of what: String) {
    guard let megabytes else { return }
    add("memory", nil, what, usher: megabytes, unit: "MB peak")
  }

  private mutating func add(
    _ measure: String, _ policy: String?, _ condition: String, devices: Int? = nil, batch: Int? = nil,
    floor: Double? = nil, usher: Double, unit: String, ratio: Double? = nil, atMost: Double? = nil,
    atLeast: Double? = nil
  ) {
    let target = atMost.map { "at most \($0)" } ?? atLeast.map { "at least \($0)" }
    let isMet = ratio.flatMap { ratio in atMost.map { ratio <= $0 } ?? atLeast.map { ratio >= $0 } }
    listing.add([
      .string(measure), JSONValue(policy), .string(condition), JSONValue(devices), JSONValue(batch),
      BenchTable.rounded(floor), BenchTable.rounded(usher), .string(unit), BenchTable.rounded(ratio),
      JSONValue(target), isMet.map { .bool($0) } ?? .null,
    ])
  }

  /// To as many digits as can be told apart.
  private static func rounded(_ value: Double?) -> JSONValue {
    guard let value else { return .null }
    if value >= 1000 { return .integer(Int64(value.rounded())) }
    let scale = value >= 100 ? 10.0 : 100.0
    return .number((value * scale).rounded() / scale)
  }
}

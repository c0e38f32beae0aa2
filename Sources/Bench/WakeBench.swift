import CBaseline
import Foundation
import Policies
import PolicyTesting
import Routing
import Sequencing
import Stores

/// Measures the cycles of `serve` after a policy was changed for which many contacts wait: each must stay within the
/// budget of a tenant until all of them are decided again.
package struct WakeBench {
  /// The time of one cycle: the budget of a tenant, and the commit of its last transaction.
  package static let millisecondsMax = 300.0
  /// Devices of the fleet.
  package static let devices = 100
  private static let now = Instant(rfc3339: "2026-01-01T00:00:01Z")!

  private let waiting: Int

  /// `waiting`: contacts that wait when the policy changes.
  package init(waiting: Int) { self.waiting = waiting }

  /// Works in its own temporary folder, which is removed afterwards. Throws `BenchFailure` if a contact is left out.
  package func run() throws -> WakeResult {
    let folder = try Scratch("wake")
    let store = try Stores.create(folder.path("wake.db"))
    guard try store.importFile(lines, ImportOptions(now: WakeBench.now)).badLineCount == 0 else {
      throw BenchFailure("the store of the waiting contacts could not be filled")
    }
    let cycle = Cycle(
      store: store,
      registry: PolicyRegistry(catalog: PolicyCatalog(rules: folder.url.path), acceptance: StandardAcceptance()),
      epoch: try store.becomeLeader(processID: getpid(), at: WakeBench.now),
      stopwatch: { Double(baseline_wall_ns()) / 1e6 }, budget: TimeBudget(), leaveGap: { _ in usleep(2000) })
    try folder.write(WakeBench.policy(""), to: "waits.lua")
    _ = try cycle.run(at: WakeBench.now)
    try folder.write(WakeBench.policy(" "), to: "waits.lua")
    return try measure(cycle)
  }

  private func measure(_ cycle: Cycle) throws -> WakeResult {
    var times: [Double] = []
    var decided = 0
    var report: CycleReport
    repeat {
      let start = baseline_wall_ns()
      report = try cycle.run(at: WakeBench.now.advanced(bySeconds: 1))
      times.append(Double(baseline_wall_ns() - start) / 1e6)
      decided += report.decided
    } while report.isUnfinished
    guard decided == waiting else {
      throw BenchFailure("expected \(waiting) contacts to be decided again, found \(decided)")
    }
    return WakeResult(waiting: waiting, cycles: times.count, longest: times.max() ?? 0, total: times.reduce(0, +))
  }

  private static func policy(_ end: String) -> String {
    "return { select = function(contact, fleet) return wait('later', 86400) end }\(end)"
  }

  private var lines: ByteSource {
    var contact = -1
    let count = waiting
    return ByteSource {
      guard contact < count else { return nil }
      defer { contact += 1 }
      return Array((contact < 0 ? WakeBench.fleet : WakeBench.contact(contact)).utf8)
    }
  }

  private static var fleet: String {
    var text = #"{"type":"tenant","id":"T1","policy":"waits"}"# + "\n"
    for device in 1...devices { text += #"{"type":"device","tenant":"T1","id":"D\#(device)"}"# + "\n" }
    return text + #"{"type":"sequence","tenant":"T1","id":"welcome","steps":[{"delay_s":0,"content":"Hi"}]}"# + "\n"
  }

  private static func contact(_ number: Int) -> String {
    """
    {"type":"lead","tenant":"T1","id":"L\(number)","phone":"+60\(100_000_000 + number)"}
    {"type":"enrolment","tenant":"T1","sequence":"welcome","lead":"L\(number)","assigned_device":"D\(number % devices + 1)",\
    "status":"waiting","reason":"later","due_at":"2025-12-31T00:00:00Z","next_at":"2026-12-31T00:00:00Z"}

    """
  }
}

/// The cycles in which waiting contacts were decided again.
package struct WakeResult: Sendable {
  /// Contacts that waited.
  package let waiting: Int
  /// Cycles until all of them were decided.
  package let cycles: Int
  /// Elapsed time of the longest cycle, in milliseconds; compare it with `WakeBench.millisecondsMax`.
  package let longest: Double
  /// Elapsed time of all cycles, in milliseconds.
  package let total: Double
}

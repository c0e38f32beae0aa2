import CLuaSandbox

/// Counters in memory for an instrumented script: its source calls these functions at the places to be counted.
///
/// Only a sandbox that was given an instance defines the functions. Do not use it from two threads at the same time.
package final class ScriptProbes {
  /// `NAME(n)` increments counter n.
  package static let reach = SANDBOX_PROBE_REACH
  /// `NAME(n, value)` increments counter n if the value counts as true, else n + 1, and returns the value.
  package static let weigh = SANDBOX_PROBE_WEIGH
  /// `NAME(n, ...)` begins a loop, and returns the values after n.
  package static let begin = SANDBOX_PROBE_AWAIT
  /// `NAME(n)` increments counter n for a loop that enters its body; a loop that does not is counted at n + 1.
  package static let enter = SANDBOX_PROBE_ENTER

  let raw: UnsafeMutablePointer<sandbox_probes>

  /// Counters 0 to `count` - 1, all zero.
  package init(count: Int) {
    raw = .allocate(capacity: 1)
    var probes = sandbox_probes()
    probes.counts = .allocate(capacity: max(count, 1))
    probes.counts.initialize(repeating: 0, count: max(count, 1))
    probes.count = UInt32(count)
    raw.initialize(to: probes)
  }

  deinit {
    raw.pointee.counts.deallocate()
    raw.deallocate()
  }

  /// The counters. Read them between calls: a loop that has not entered its body by then never will.
  package var counts: [UInt64] {
    sandbox_finish_probes(raw)
    return Array(UnsafeBufferPointer(start: raw.pointee.counts, count: Int(raw.pointee.count)))
  }

  /// Whether some loops were not counted, because more were open at once than fit.
  package var isCut: Bool { raw.pointee.is_cut }
}

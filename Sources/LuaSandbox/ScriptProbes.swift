import CLuaSandbox

/// Counts of where scripts come by: memory into which a source counts that calls these functions at the places in
/// question.
///
/// Only a sandbox that was given one has the functions. Not for use from two threads at a time.
package final class ScriptProbes {
  /// `NAME(n)` counts.
  package static let reach = SANDBOX_PROBE_REACH
  /// `NAME(n, value)` counts at n when the value counts as true, else at n + 1, and gives it.
  package static let weigh = SANDBOX_PROBE_WEIGH
  /// `NAME(n, ...)` begins a loop, and gives what stands behind n.
  package static let begin = SANDBOX_PROBE_AWAIT
  /// `NAME(n)` counts a loop that comes to its body at n; one that does not is counted at n + 1.
  package static let enter = SANDBOX_PROBE_ENTER

  let raw: UnsafeMutablePointer<sandbox_probes>

  /// For places from 0 to below `count`; all of them are 0.
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

  /// What was counted. Asked between calls: a loop that has not come to its body by then never will.
  package var counts: [UInt64] {
    sandbox_settle_probes(raw)
    return Array(UnsafeBufferPointer(start: raw.pointee.counts, count: Int(raw.pointee.count)))
  }

  /// Whether more loops were open at once than there is room for, so that some are not counted.
  package var isCut: Bool { raw.pointee.is_cut }
}

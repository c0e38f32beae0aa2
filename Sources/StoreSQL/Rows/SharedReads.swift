import Routing
import Synchronization

/// What reads of one moment have in common for all tenants: what each device has sent, and how often it failed.
///
/// A cycle reads the fleet of each tenant that has something due. Without this, each of those reads would walk over the
/// sends and failures of all tenants. What is kept is of the first read of its moment; whoever writes sends forgets it.
package final class SharedReads: Sendable {
  private struct Kept {
    var at: Instant
    var windows: SendWindows?
    var failures: [Int64: Int]?
  }

  private let kept = Mutex<Kept?>(nil)

  /// Nothing kept yet.
  package init() {}

  /// What was read at `now` before, else what `read` returns, which is kept. `read` may run on several threads at once.
  package func windows(at now: Instant, read: () throws -> SendWindows) rethrows -> SendWindows {
    if let windows = kept.withLock({ $0?.at == now ? $0?.windows : nil }) { return windows }
    let windows = try read()
    keep(at: now) { $0.windows = windows }
    return windows
  }

  /// By the key of the device.
  package func failures(at now: Instant, read: () throws -> [Int64: Int]) rethrows -> [Int64: Int] {
    if let failures = kept.withLock({ $0?.at == now ? $0?.failures : nil }) { return failures }
    let failures = try read()
    keep(at: now) { $0.failures = failures }
    return failures
  }

  /// Must be called by whoever writes sends, before others can read them.
  package func forget() { kept.withLock { $0 = nil } }

  private func keep(at now: Instant, _ change: (inout Kept) -> Void) {
    kept.withLock { kept in
      var all = kept.flatMap { $0.at == now ? $0 : nil } ?? Kept(at: now)
      change(&all)
      kept = all
    }
  }
}

import Routing
import Synchronization

/// Reads shared by all tenants at one time: the sends of each device, and its failures.
///
/// A cycle reads the fleet of each tenant with due contacts. Without this cache, each read would walk over the sends
/// and failures of all tenants. The cache keeps the first read of its time; whoever writes sends clears it.
package final class SharedReads: Sendable {
  private struct Kept {
    var at: Instant
    var windows: SendWindows?
    var failures: [Int64: Int]?
  }

  private let kept = Mutex<Kept?>(nil)

  /// Starts empty.
  package init() {}

  /// The windows read earlier at `now`; otherwise keeps and returns the result of `read`, which may run on several
  /// threads at once.
  package func windows(at now: Instant, read: () throws -> SendWindows) rethrows -> SendWindows {
    if let windows = kept.withLock({ $0?.at == now ? $0?.windows : nil }) { return windows }
    let windows = try read()
    keep(at: now) { $0.windows = windows }
    return windows
  }

  /// Keyed by device key.
  package func failures(at now: Instant, read: () throws -> [Int64: Int]) rethrows -> [Int64: Int] {
    if let failures = kept.withLock({ $0?.at == now ? $0?.failures : nil }) { return failures }
    let failures = try read()
    keep(at: now) { $0.failures = failures }
    return failures
  }

  /// Whoever writes sends must call this before others can read them.
  package func forget() { kept.withLock { $0 = nil } }

  private func keep(at now: Instant, _ change: (inout Kept) -> Void) {
    kept.withLock { kept in
      var all = kept.flatMap { $0.at == now ? $0 : nil } ?? Kept(at: now)
      change(&all)
      kept = all
    }
  }
}

/// A pass over the waits of a tenant after a change: each wait that began before it is decided again.
///
/// A tenant has one wake at a time. The pass follows the order of the waitlists (priority, due time, key), so that the
/// longest due contacts are decided first. It is kept in the store and continues after a restart.
package struct Wake: Equatable, Sendable {
  /// The generation of the tenant's policies when the wake began; 0 before the first.
  package var generation: Int64
  /// When the change happened.
  package var at: Instant
  /// Waits that were made due so far.
  package var decided: Int
  /// Waits when the wake began. Some of them may have ended since, so `decided` can remain below it.
  package var total: Int
  /// When the pass reached the last wait; nil while it is open.
  package var endedAt: Instant?

  /// By default nothing was decided again yet.
  package init(generation: Int64, at: Instant, decided: Int = 0, total: Int, endedAt: Instant? = nil) {
    (self.generation, self.at, self.decided, self.total) = (generation, at, decided, total)
    self.endedAt = endedAt
  }

  /// `N of M decided again`, the same in the log and in `usher policy list`.
  package var text: String { "\(decided) of \(total) decided again" }
}

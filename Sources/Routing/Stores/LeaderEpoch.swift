/// Fences writers: a number that grows each time a process becomes the leader.
package struct LeaderEpoch: Equatable, Sendable {
  /// From 1; the store's row holds the latest.
  package let raw: Int64
  /// For a number that a store gave or will compare.
  package init(_ raw: Int64) { self.raw = raw }
}

/// Fencing token for writers: a number that grows each time a process becomes the leader.
package struct LeaderEpoch: Equatable, Sendable {
  /// From 1; the store keeps the latest.
  package let raw: Int64
  /// For a number that came from a store or will be compared with it.
  package init(_ raw: Int64) { self.raw = raw }
}

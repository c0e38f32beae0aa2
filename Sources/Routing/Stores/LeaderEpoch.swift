/// Fences writers: a number that grows each time a process becomes the leader.
package struct LeaderEpoch: Equatable, Sendable {
  package let raw: Int64
  package init(_ raw: Int64) { self.raw = raw }
}

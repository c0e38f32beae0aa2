/// Which process runs cycles on a store, or ran the last ones.
package struct ProcessStatus: Equatable, Sendable {
  /// The process that holds the store's lock; nil when nothing runs on it.
  package var running: Int32?
  /// How often a process took the store over; 0 before the first one.
  package var epoch: Int64 = 0
  /// When the last of them took the store over; nil before the first.
  package var since: Instant?
  /// When the last decision was made.
  package var lastDecidedAt: Instant?
  /// When a gateway last took a message.
  package var lastSentAt: Instant?

  /// Defaults describe a store that no process ever ran on.
  package init(
    running: Int32? = nil, epoch: Int64 = 0, since: Instant? = nil, lastDecidedAt: Instant? = nil,
    lastSentAt: Instant? = nil
  ) {
    self.running = running
    self.epoch = epoch
    self.since = since
    self.lastDecidedAt = lastDecidedAt
    self.lastSentAt = lastSentAt
  }
}

/// The process that runs cycles on a store, or the last one that did.
package struct ProcessStatus: Equatable, Sendable {
  /// The process that holds the store's lock; nil if no process does.
  package var running: Int32?
  /// How many times a process has taken over the store; 0 before the first.
  package var epoch: Int64 = 0
  /// When the last process took over the store; nil before the first.
  package var since: Instant?
  /// When the last decision was made.
  package var lastDecidedAt: Instant?
  /// When a gateway last accepted a message.
  package var lastSentAt: Instant?

  /// By default a store that no process has run on.
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

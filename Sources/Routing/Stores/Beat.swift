/// The heartbeat of a process that runs on a store: when its cycles ran and which holds it obeys.
package struct Beat: Equatable, Sendable {
  /// A hold that the process has acknowledged.
  package struct Acknowledged: Equatable, Sendable {
    /// Equals `SendingHold.key`.
    package var key: String
    /// Messages in its scope that are with a gateway and cannot be recalled.
    package var withGateway: Int

    /// `withGateway` can only fall while the hold is in force.
    package init(key: String, withGateway: Int) {
      (self.key, self.withGateway) = (key, withGateway)
    }
  }

  /// The process id, in the process's own PID namespace.
  package var process: Int32
  /// When the process started, in kernel ticks since boot. Tells it from a later process with the same id.
  package var start: Int64?
  /// Milliseconds between two cycles; nil for a process that runs a single cycle.
  package var every: Int64?
  /// The start of the last cycle; nil before the first.
  package var began: HeartbeatTime?
  /// The end of the last successful cycle, which may have been another process's.
  package var ended: HeartbeatTime?
  /// The holds that it obeys now; empty before it has read them.
  package var holds: [Acknowledged] = []
  /// Increases with each published heartbeat.
  package var number: Int64 = 0

  /// A process that has acknowledged no hold.
  package init(
    process: Int32, start: Int64? = nil, every: Int64? = nil, began: HeartbeatTime? = nil, ended: HeartbeatTime? = nil
  ) {
    (self.process, self.start, self.every) = (process, start, every)
    (self.began, self.ended) = (began, ended)
  }
}

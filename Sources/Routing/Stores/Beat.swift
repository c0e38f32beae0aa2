/// The heartbeat of a process that runs on a store: when its cycles ran, and which holds it obeys.
package struct Beat: Equatable, Sendable {
  /// A hold that the process has seen.
  package struct Acknowledged: Equatable, Sendable {
    /// As `SendingHold.key`.
    package var key: String
    /// Messages in its scope that are with a gateway and cannot be recalled.
    package var withGateway: Int

    /// `withGateway` may still fall; it does not rise while the hold is in force.
    package init(key: String, withGateway: Int) {
      (self.key, self.withGateway) = (key, withGateway)
    }
  }

  /// The process's number, as the kernel of its PID namespace counts.
  package var process: Int32
  /// When the process was started, in the kernel's ticks since the boot: a number that is used again is another process.
  package var start: Int64?
  /// Milliseconds between two cycles; nil for a process that runs one.
  package var every: Int64?
  /// The beginning of the last cycle; nil before the first.
  package var began: HeartbeatTime?
  /// The end of the last cycle that did not fail; it may have been another process's.
  package var ended: HeartbeatTime?
  /// Those that it obeys now; empty before it has looked.
  package var holds: [Acknowledged] = []
  /// Counts the texts that were published.
  package var number: Int64 = 0

  /// A process that has seen no hold.
  package init(
    process: Int32, start: Int64? = nil, every: Int64? = nil, began: HeartbeatTime? = nil, ended: HeartbeatTime? = nil
  ) {
    (self.process, self.start, self.every) = (process, start, every)
    (self.began, self.ended) = (began, ended)
  }
}

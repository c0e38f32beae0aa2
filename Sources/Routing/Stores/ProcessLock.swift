/// The exclusive right of a process to run cycles on a store. It ends with the object, or with the process, however the
/// process ends.
///
/// It is the first of two fences; the second is the leader's epoch, which each write compares (`Store`).
package protocol ProcessLock: AnyObject {
  /// Announces that this process runs on `store`, which was opened while the lock was held. `every` is the time between
  /// two of its cycles in milliseconds; nil for a process that runs a single cycle.
  ///
  /// Throws `StoreError.unusable` if the heartbeat cannot be published, and `StoreError` if the holds cannot be read.
  func start(on store: any Store, every: Int64?) throws -> any RunningProcess
}

/// A process that runs on a store, as others see it: its heartbeat, and the holds that it obeys and acknowledges there.
///
/// Admitting a message and acknowledging holds happen under one lock, so that an acknowledged hold covers each message
/// that was not counted with it.
package protocol RunningProcess: SendingGate, CycleRecorder {
  /// Stops reading holds. Call it before the store is closed.
  func close()
}

/// The right of one process to run cycles on a store. It ends with the object, and with the process however that ends.
///
/// It is the first of two fences: the second is the leader's epoch, which each write compares (`Store`).
package protocol ProcessLock: AnyObject {
  /// Publishes that this process runs on `store`, which was opened with the lock held. `every`: milliseconds between
  /// two of its cycles; nil for a process that runs one.
  ///
  /// Throws `StoreError.unusable` if the heartbeat cannot be published, and `StoreError` if the holds cannot be read.
  func start(on store: any Store, every: Int64?) throws -> any RunningProcess
}

/// A process that runs on a store, as others see it: its heartbeat, and the holds that it obeys and acknowledges there.
///
/// Whether a message may leave and which holds were seen are decided under one lock, so an acknowledged hold covers
/// each message that was not counted with it.
package protocol RunningProcess: SendingGate, CycleRecorder {
  /// Ends the looks for holds. Call it before the store goes.
  func close()
}

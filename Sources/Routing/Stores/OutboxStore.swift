/// Leading a store, and sending its messages: what the process that runs on it needs beside `CycleStore`.
///
/// Every method is one transaction. All but `becomeLeader` compare `epoch` with the store's current one first, in that
/// transaction, and throw `StoreError.leadershipLost` before they change anything.
package protocol OutboxStore: Sendable {
  /// Makes the caller the leader and returns its epoch: the last one plus one, so no two leaders share one. From then
  /// on each write under an earlier epoch fails. `isPinned` goes on record for commands that predict the next cycle.
  /// Costs a read of the sends of the last 24 hours.
  func becomeLeader(processID: Int32, at now: Instant, isPinned: Bool) throws -> LeaderEpoch

  /// Leases up to `limit` messages that may leave now: `pending`, of an active sequence, on a device that is online,
  /// not paused, below its caps and past its pace. Returns them in the order of device and message keys; each device's
  /// oldest are taken first.
  ///
  /// In the same transaction: an attempt for each message, the device's next send, and the cancellation of messages to
  /// leads that opted out. Nothing is leased while the store is on hold, or of tenants on hold. `draw` returns a number
  /// in 0..<1 for the pause after a message.
  func claim(
    limit: Int, at now: Instant, leaseUntil: Instant, epoch: LeaderEpoch, draw: (MessageKey) -> Double
  ) throws -> [Message]

  /// Records the outcomes of claimed messages and advances their enrolments, all or nothing.
  ///
  /// Throws `StoreError.conflict` if one of the messages is not being sent under `epoch`; pass the others again without
  /// it.
  func finish(_ results: [SendResult], at now: Instant, epoch: LeaderEpoch) throws -> SendCounts

  /// Messages that a process claimed and never finished: leased under another epoch, or past their lease. In the order
  /// of device and message keys.
  ///
  /// Leases them to the caller for five minutes, so that `finish` accepts them. Makes no attempt: each message keeps
  /// the key by which its gateway may know it.
  func abandonedClaims(at now: Instant, epoch: LeaderEpoch) throws -> [Message]
}

extension OutboxStore {
  /// Becomes the leader of a process that takes edited files by itself.
  package func becomeLeader(processID: Int32, at now: Instant) throws -> LeaderEpoch {
    try becomeLeader(processID: processID, at: now, isPinned: false)
  }
}

/// Leading a store and sending its messages: the operations that the process on the store needs in addition to
/// `CycleStore`.
///
/// Every method is one transaction. In that transaction, all but `becomeLeader` first compare `epoch` with the store's
/// current one and throw `StoreError.leadershipLost` before changing anything.
package protocol OutboxStore: Sendable {
  /// Makes the caller the leader and returns its epoch, which is the previous one plus one, so that no two leaders share
  /// an epoch. From then on, writes under an earlier epoch fail. `isPinned` is recorded for commands that predict the
  /// next cycle. Costs a read of the sends of the last 24 hours.
  func becomeLeader(processID: Int32, at now: Instant, isPinned: Bool) throws -> LeaderEpoch

  /// Leases up to `limit` messages that may be sent now: `pending`, in an active sequence, on a device that is online,
  /// not paused, below its limits and past its pacing time. Returns them in order of device and message keys; each
  /// device's oldest messages are leased first.
  ///
  /// In the same transaction it writes an attempt for each message, the device's next send time, and the cancellation
  /// of messages to leads that opted out. It leases nothing while the store is on hold, and no messages of tenants on
  /// hold. `draw` returns a number in 0..<1 for the pause after a message.
  func claim(
    limit: Int, at now: Instant, leaseUntil: Instant, epoch: LeaderEpoch, draw: (MessageKey) -> Double
  ) throws -> [Message]

  /// Records the outcomes of claimed messages and advances their enrolments, all or none.
  ///
  /// Throws `StoreError.conflict` if one of the messages is not being sent under `epoch`; call it again without that
  /// message.
  func finish(_ results: [SendResult], at now: Instant, epoch: LeaderEpoch) throws -> SendCounts

  /// Messages that a process claimed and never finished: leased under another epoch, or with an expired lease. In order
  /// of device and message keys.
  ///
  /// Leases them to the caller for five minutes, so that `finish` accepts them. Makes no new attempt: each message keeps
  /// the key by which its gateway may recognise it.
  func abandonedClaims(at now: Instant, epoch: LeaderEpoch) throws -> [Message]
}

extension OutboxStore {
  /// For a process that applies edited policy files automatically.
  package func becomeLeader(processID: Int32, at now: Instant) throws -> LeaderEpoch {
    try becomeLeader(processID: processID, at: now, isPinned: false)
  }
}

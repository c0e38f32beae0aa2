/// The result of stopping sending for a store or a tenant.
package struct StopOutcome: Equatable, Sendable {
  /// How certain it is that nothing more is sent.
  package enum Certainty: Equatable, Sendable {
    /// No process runs on the store. `claimed` messages have an unknown result, which the next process resolves.
    case nothingRuns(claimed: Int)
    /// The process has acknowledged the hold and sends nothing more; `withGateway` messages cannot be recalled.
    case acknowledged(process: Int32, withGateway: Int)
    /// The process did not answer. The lease of its claimed messages has expired, so at most the one message that it was
    /// about to hand over may still be sent.
    case leaseOver(LockHolder)
    /// The process did not answer in time. `claimed` is the number of messages that it may have with a gateway; nil if
    /// the store is unreadable.
    case silent(LockHolder, claimed: Int?)
    /// The process has a version that does not support holds, and continues to send.
    case knowsNoHolds(LockHolder)
    /// No running process was found, but `leased` claimed messages have a valid lease: their process ended a short while
    /// ago, or it runs without the lock because the lock file was deleted.
    case unseen(leased: Int)
    /// It is unknown whether a process runs; the text says why.
    case unknown(String)
  }

  /// Why a hold is only in the hold file.
  package enum Unrecorded: Equatable, Sendable {
    /// The store cannot be written; the text says why.
    case unwritable(String)
    /// The store has an older schema, and a stop must not wait for an upgrade.
    case olderVersion(Int, current: Int)
  }

  /// The hold in force.
  package var hold: SendingHold
  /// Whether the scope was not on hold before.
  package var isNew: Bool
  /// Nil if the hold is in the store.
  package var unrecorded: Unrecorded?
  /// What is known about the process on the store when the command ends.
  package var certainty: Certainty
  /// Problems that do not prevent the hold from being in force.
  package var notices: [String] = []

  /// `unrecorded` must be set if the hold is only in the file.
  package init(
    hold: SendingHold, isNew: Bool, unrecorded: Unrecorded? = nil, certainty: Certainty, notices: [String] = []
  ) {
    self.hold = hold
    self.isNew = isNew
    self.unrecorded = unrecorded
    self.certainty = certainty
    self.notices = notices
  }
}

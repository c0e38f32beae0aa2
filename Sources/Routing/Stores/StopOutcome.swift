/// The result of stopping the sending of a store or of a tenant.
package struct StopOutcome: Equatable, Sendable {
  /// How sure it is that nothing more is sent.
  package enum Certainty: Equatable, Sendable {
    /// Nothing runs on the store. `claimed`: messages whose fate the next process clears up.
    case nothingRuns(claimed: Int)
    /// From now on the process hands nothing over; `withGateway` messages cannot be recalled.
    case acknowledged(process: Int32, withGateway: Int)
    /// It did not answer. The lease of what it had claimed is over, so at most one message that it was about to hand over
    /// may still leave.
    case leaseOver(LockHolder)
    /// It did not answer in time. `claimed`: messages that it may have with a gateway; nil when the store cannot be read.
    case silent(LockHolder, claimed: Int?)
    /// It is of a version that knows no holds, and goes on sending.
    case knowsNoHolds(LockHolder)
    /// Nothing is seen to run, but the lease of `leased` claimed messages lasts: their process ended a short while ago, or
    /// it runs without the lock, whose file was deleted.
    case unseen(leased: Int)
    /// Whether a process runs cannot be told: why.
    case unknown(String)
  }

  /// Why a hold is in the file alone.
  package enum Unrecorded: Equatable, Sendable {
    /// The store cannot be written: why.
    case unwritable(String)
    /// The store has an older schema, and a stop must not wait for an upgrade.
    case olderVersion(Int, current: Int)
  }

  /// The one in force.
  package var hold: SendingHold
  /// Whether the scope was not on hold before.
  package var isNew: Bool
  /// Nil when the hold is in the store.
  package var unrecorded: Unrecorded?
  /// What is known of the process on the store when the command ends.
  package var certainty: Certainty
  /// What went wrong and does not keep the hold from being in force.
  package var notices: [String] = []

  /// `unrecorded` must be set for a hold that is in the file alone.
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

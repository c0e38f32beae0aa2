import Routing
import StoreSQL
import StoreSQLite

extension Stores {
  /// What `usher bench` hands to the baseline in C, which does a cycle's work on a copy of the same store: the
  /// statements that a deciding transaction runs, word for word.
  package struct BaselineStatements: Sendable {
    /// The epoch that each transaction compares first.
    package let epoch = CycleSQL.epoch
    /// Due contacts of a tenant, the longest due first.
    package let due = CycleSQL.due
    /// One step of a sequence and its successor's delay.
    package let step = CycleSQL.step
    /// A device's external id by its key.
    package let device = CycleSQL.device
    /// The message that a step has already.
    package let carrying = CycleSQL.carrying
    /// A revision's key by its digest.
    package let revision = CycleSQL.revision
    /// Inserts a decision.
    package let decision = CycleSQL.decision
    /// Inserts a pending message.
    package let message = CycleSQL.message
    /// Marks an enrolment as queued.
    package let queue = CycleSQL.queue
    /// The key that the next decision gets.
    package let nextDecision = CycleSQL.nextDecision
    /// Inserts the fleet that decisions were made on.
    package let fleet = CycleSQL.fleet
    /// Lets the same record stand for further decisions.
    package let extendFleet = CycleSQL.extendFleet
    /// Pages that the log grows to before a commit has to move it into the store.
    package let checkpointPages = SQLiteStore.checkpointPages
  }

  /// The one set that there is.
  package static let baseline = BaselineStatements()

  /// The bytes that a decision record holds of a whole fleet.
  package static func recordBody(of fleet: Fleet) -> [UInt8] { FleetCode.keyframe(fleet) }
}

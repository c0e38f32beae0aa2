import Routing
import StoreSQL
import StoreSQLite

extension Stores {
  /// The statements of a deciding transaction for `usher bench`, whose baseline in C does a cycle's work with the same
  /// SQL on a copy of the same store.
  package struct BaselineStatements: Sendable {
    /// The epoch, which each transaction checks first.
    package let epoch = CycleSQL.epoch
    /// Due contacts of a tenant, oldest due time first.
    package let due = CycleSQL.due
    /// One step of a sequence and the delay of its successor.
    package let step = CycleSQL.step
    /// A device's external id by its key.
    package let device = CycleSQL.device
    /// The message that already exists for a step.
    package let carrying = CycleSQL.carrying
    /// A revision's key by its digest.
    package let revision = CycleSQL.revision
    /// Inserts a decision.
    package let decision = CycleSQL.decision
    /// Inserts a pending message.
    package let message = CycleSQL.message
    /// Marks an enrolment as queued.
    package let queue = CycleSQL.queue
    /// The key of the next decision.
    package let nextDecision = CycleSQL.nextDecision
    /// Inserts the fleet on which decisions are based.
    package let fleet = CycleSQL.fleet
    /// Extends a fleet record to cover further decisions.
    package let extendFleet = CycleSQL.extendFleet
    /// The log's size in pages before a commit has to move it into the store.
    package let checkpointPages = SQLiteStore.checkpointPages
  }

  /// The only instance.
  package static let baseline = BaselineStatements()

  /// The bytes of a whole fleet in a decision record.
  package static func recordBody(of fleet: Fleet) -> [UInt8] { FleetCode.keyframe(fleet) }
}

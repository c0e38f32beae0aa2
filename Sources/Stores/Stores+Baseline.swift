import Routing
import StoreSQL
import StoreSQLite

extension Stores {
  /// What `usher bench` hands to the baseline in C, which does a cycle's work on a copy of the same store: the
  /// statements that a deciding transaction runs, word for word.
  package struct BaselineStatements: Sendable {
    package let epoch = CycleSQL.epoch
    package let due = CycleSQL.due
    package let step = CycleSQL.step
    package let device = CycleSQL.device
    package let carrying = CycleSQL.carrying
    package let revision = CycleSQL.revision
    package let decision = CycleSQL.decision
    package let message = CycleSQL.message
    package let queue = CycleSQL.queue
    package let nextDecision = CycleSQL.nextDecision
    package let fleet = CycleSQL.fleet
    package let extendFleet = CycleSQL.extendFleet
    /// Pages that the log grows to before a commit has to move it into the store.
    package let checkpointPages = SQLiteStore.checkpointPages
  }

  package static let baseline = BaselineStatements()

  /// The bytes that a decision record holds of a whole fleet.
  package static func recordBody(of fleet: Fleet) -> [UInt8] { FleetCode.keyframe(fleet) }
}

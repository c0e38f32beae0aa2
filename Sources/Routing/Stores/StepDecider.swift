/// Decides the due steps of one tenant for `CycleStore.decide`.
///
/// A decider has its inputs from the start. The store creates one when it knows that a step is due, before it reads the
/// first step, and then calls it on the batch's thread, one step at a time.
package protocol StepDecider: AnyObject {
  /// The inputs of the decisions, constant during a batch. With nil no record is written, and the decisions cannot be
  /// replayed.
  var inputs: DecisionInputs? { get }

  /// Loads the data for deciding `step` into the processor's caches, some steps before `decide` is called with it.
  /// Affects no decision. A prefetched step may end up not being decided.
  func prefetch(_ step: DueStep)

  /// Decides one step. Later steps see its reservations. An error undoes the whole batch.
  func decide(_ step: DueStep) throws -> StepCommit
}

/// What one batch of decisions wrote.
package struct DecidedBatch {
  /// The counts of this batch only.
  package var counts: DecisionCounts
  /// The fleet record that the decisions refer to, for `DecisionInputs.record` of the next batch with the same inputs;
  /// nil if nothing was decided, or without inputs. Valid only if the transaction is committed.
  package var record: Int64?

  /// By default without a fleet record.
  package init(counts: DecisionCounts, record: Int64? = nil) { (self.counts, self.record) = (counts, record) }
}

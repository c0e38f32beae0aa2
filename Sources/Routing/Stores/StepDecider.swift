/// Decides the due steps of one tenant for `CycleStore.decide`.
///
/// A decider has its inputs from the beginning. The store asks for one when it knows that a step is due, before it reads
/// the first step, and then calls it on the thread of that batch, for one step at a time.
package protocol StepDecider: AnyObject {
  /// What the decisions are made on, the same during one batch. Nil: no record is written, and the decisions cannot be
  /// made again.
  var inputs: DecisionInputs? { get }

  /// Loads what the decision of `step` needs into the processor's caches, some steps before `decide` is called with it.
  /// Changes no decision; a step that is prefetched may not be decided.
  func prefetch(_ step: DueStep)

  /// Decides one step. Later steps see what it reserved. What it throws undoes the whole batch.
  func decide(_ step: DueStep) throws -> StepCommit
}

/// What one batch of decisions wrote.
package struct DecidedBatch {
  /// Of this batch alone.
  package var counts: DecisionCounts
  /// The fleet record that the decisions refer to, for `DecisionInputs.record` of the next batch on the same inputs; nil
  /// when nothing was decided, or without inputs. It holds if the transaction is committed.
  package var record: Int64?

  /// Without a fleet record unless given.
  package init(counts: DecisionCounts, record: Int64? = nil) { (self.counts, self.record) = (counts, record) }
}

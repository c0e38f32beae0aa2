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

  /// How many more messages of a priority a device could take, all reservations of this cycle included; 0 if it can accept
  /// none. `position` is the device's in the fleet of `inputs`. Waitlists of devices with capacity are served.
  func capacity(_ position: Int, for priority: Priority) -> Int

  /// How many waiting contacts the cycle may still ask in vain.
  var waitlistBudget: WaitlistBudget { get }

  /// Whether another waiting contact that capacity reached is asked before what is due. `afterMiss`: whether the last one of
  /// the batch had to wait again; nil before the first.
  func asksNextWaiting(afterMiss: Bool?) -> Bool

  /// Whether the batch must end: no further step is decided, and what was decided is committed. Read after each step, so
  /// it should cost less than a microsecond.
  var isOver: Bool { get }
}

extension StepDecider {
  /// As read, for a decider that does not follow its reservations.
  package func capacity(_ position: Int, for priority: Priority) -> Int {
    inputs?.fleet.capacity(position, for: priority) ?? 0
  }

  /// A full budget for each batch.
  package var waitlistBudget: WaitlistBudget { WaitlistBudget() }

  /// Until the batch must end, and one in any case.
  package func asksNextWaiting(afterMiss: Bool?) -> Bool { afterMiss == nil || !isOver }

  /// The batch ends at its limit, or when nothing is due.
  package var isOver: Bool { false }
}

/// What one batch of decisions wrote.
package struct DecidedBatch {
  /// The counts of this batch only.
  package var counts: DecisionCounts
  /// The fleet record that the decisions refer to, for `DecisionInputs.record` of the next batch with the same inputs;
  /// nil if nothing was decided, or without inputs. Valid only if the transaction is committed.
  package var record: Int64?
  /// The contacts that were processed, with those whose answer was not written because it repeated the last one. Fewer
  /// than the limit mean that nothing is left to decide.
  package var asked: Int
  /// Whether the batch ended at its limit or because the decider was over, so that more steps may be due.
  package var hasMore: Bool

  /// By default without a fleet record, with an answer on record for each contact, and at the end of what is due.
  package init(counts: DecisionCounts, record: Int64? = nil, asked: Int? = nil, hasMore: Bool = false) {
    (self.counts, self.record, self.asked, self.hasMore) = (counts, record, asked ?? counts.decided, hasMore)
  }
}

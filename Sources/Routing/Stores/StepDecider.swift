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
}

extension StepDecider {
  /// As read, for a decider that does not follow its reservations.
  package func capacity(_ position: Int, for priority: Priority) -> Int {
    inputs?.fleet.capacity(position, for: priority) ?? 0
  }

  /// A full budget for each batch.
  package var waitlistBudget: WaitlistBudget { WaitlistBudget() }
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

  /// By default without a fleet record, and with an answer on record for each contact.
  package init(counts: DecisionCounts, record: Int64? = nil, asked: Int? = nil) {
    (self.counts, self.record, self.asked) = (counts, record, asked ?? counts.decided)
  }
}

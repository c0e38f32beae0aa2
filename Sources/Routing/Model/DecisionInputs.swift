/// What the decisions of one tenant in one cycle are made on. A store records it, so that they can be made again.
package struct DecisionInputs {
  /// The fleet as it was read: without what the decisions reserve.
  package let fleet: Fleet
  /// The tenant's generation of policies that is asked. A store writes nothing when its last one is another.
  package let generation: Int64
  /// The share of the canary that decides among the others; nil without one.
  package let canary: ContactShare?
  /// Where the decider adds how a shadow compares. The store writes it with the decisions and empties it once they are
  /// committed; nil without a shadow. Not for use from two threads at a time.
  package let shadow: ShadowComparison?
  /// The fleet record that an earlier batch wrote for these inputs (`DecidedBatch.record`): further decisions refer to it.
  /// Nil for the first batch, which writes one.
  package var record: Int64?

  /// No canary, no shadow and no record unless given.
  package init(
    fleet: Fleet, generation: Int64, canary: ContactShare? = nil, shadow: ShadowComparison? = nil, record: Int64? = nil
  ) {
    (self.fleet, self.generation, self.canary) = (fleet, generation, canary)
    (self.shadow, self.record) = (shadow, record)
  }
}

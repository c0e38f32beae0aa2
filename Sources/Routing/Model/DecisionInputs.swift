/// The inputs shared by the decisions of one tenant in one cycle. A store records them so that the decisions can be
/// replayed.
package struct DecisionInputs {
  /// The fleet as it was read, without the reservations of the decisions.
  package let fleet: Fleet
  /// The tenant's generation in use. A store writes nothing if its latest generation is a different one.
  package let generation: Int64
  /// The contacts that the canary decides for; nil without a canary.
  package let canary: ContactShare?
  /// Where the decider adds the shadow's comparisons. The store writes them with the decisions and clears them after the
  /// commit; nil without a shadow. Not thread-safe.
  package let shadow: ShadowComparison?
  /// The fleet record that an earlier batch wrote for these inputs (`DecidedBatch.record`); later decisions refer to it.
  /// Nil for the first batch, which writes the record.
  package var record: Int64?
  /// The engine that decides; nil if it is not to be recorded.
  package let engine: EngineVersion?

  /// By default without canary, shadow and record.
  package init(
    fleet: Fleet, generation: Int64, canary: ContactShare? = nil, shadow: ShadowComparison? = nil, record: Int64? = nil,
    engine: EngineVersion? = nil
  ) {
    (self.fleet, self.generation, self.canary) = (fleet, generation, canary)
    (self.shadow, self.record, self.engine) = (shadow, record, engine)
  }
}

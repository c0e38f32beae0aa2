/// What the decisions of one tenant in one cycle are made on, as a store keeps it to make them again.
///
/// Not for use from two threads at a time.
package final class DecisionBasis {
  /// As it was read: what the decisions reserve is no part of it.
  package let fleet: Fleet
  /// The tenant's generation of policies that is asked. The store's last one, or nothing is written.
  package let generation: Int64
  /// The share of the canary that decides among the others; nil without one.
  package let canary: ContactShare?
  /// What the shadow came to; filled while decisions are made, emptied with each commit.
  package let shadow: ShadowLedger?
  /// The number of the record, once one is committed: the store's to set.
  package var record: Int64?

  package init(fleet: Fleet, generation: Int64, canary: ContactShare? = nil, shadow: ShadowLedger? = nil) {
    (self.fleet, self.generation, self.canary, self.shadow) = (fleet, generation, canary, shadow)
  }
}

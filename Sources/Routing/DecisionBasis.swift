/// What the decisions of one tenant in one cycle are made on, as a store keeps it to make them again.
///
/// Not for use from two threads at a time.
package final class DecisionBasis {
  /// As it was read: what the decisions reserve is no part of it.
  package let fleet: Fleet
  /// Those that are asked, in order.
  package let revisions: [PolicyRevision]
  /// The number of the record, once one is committed: the store's to set.
  package var record: Int64?

  package init(fleet: Fleet, revisions: [PolicyRevision]) { (self.fleet, self.revisions) = (fleet, revisions) }
}

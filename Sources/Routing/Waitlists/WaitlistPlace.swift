/// The place of a waiting contact on a waitlist.
package struct WaitlistPlace: Equatable, Sendable {
  /// The waitlist on which it stands. The fleet's for a filter beyond the tenant's limit of filters.
  package let waitlist: Waitlist
  /// From 1. Contacts of inactive sequences before it are not counted, because they are passed over.
  package let position: Int
  /// The priority by which it is ordered: that of its step when the wait began.
  package let priority: Priority

  /// `position` is at least 1.
  package init(waitlist: Waitlist, position: Int, priority: Priority = .normal) {
    (self.waitlist, self.position, self.priority) = (waitlist, position, priority)
  }
}

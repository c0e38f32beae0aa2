/// A row of `waitlists`.
package typealias WaitlistKey = RowKey<Waitlist>

/// A waitlist as a store keeps it: a device, a filter, or neither for the whole fleet.
package struct StoredWaitlist: Equatable, Sendable {
  /// The row; unique in its store.
  package let key: WaitlistKey
  /// Set for the waitlist of one device.
  package let device: DeviceKey?
  /// Set for the waitlist of a filter.
  package let filter: DeviceFilter?

  /// How many waitlists of filters a tenant can have. Contacts that wait for another filter stand on the fleet's.
  package static let filtersMax = 64

  /// At most one of `device` and `filter` may be set.
  package init(key: WaitlistKey, device: DeviceKey? = nil, filter: DeviceFilter? = nil) {
    (self.key, self.device, self.filter) = (key, device, filter)
  }
}

/// A contact on a waitlist, with the values that determine its place.
///
/// All waitlists of a tenant share one order: by priority, then by due time, then by row. A contact that must wait again
/// keeps its place, because none of these values changes.
package struct WaitlistEntry: Hashable, Comparable, Sendable {
  /// The priority of its step when the wait began.
  package let priority: Priority
  /// When its step became due.
  package let dueAt: Instant
  /// The row of the contact.
  package let enrolment: EnrolmentKey
  /// The row of its sequence. Contacts of inactive sequences keep their places and are passed over.
  package let sequence: Int64

  /// The values of one row.
  package init(priority: Priority, dueAt: Instant, enrolment: EnrolmentKey, sequence: Int64) {
    (self.priority, self.dueAt, self.enrolment, self.sequence) = (priority, dueAt, enrolment, sequence)
  }

  /// The order in which waitlists are served.
  package static func < (left: Self, right: Self) -> Bool {
    if left.priority != right.priority { return left.priority < right.priority }
    if left.dueAt != right.dueAt { return left.dueAt < right.dueAt }
    return left.enrolment < right.enrolment
  }
}

/// The contacts on a tenant's waitlists, as a walk reads them.
package protocol WaitlistReader: AnyObject {
  /// The first `limit` entries of a waitlist after `entry`, in order; from the start if `entry` is nil. Fewer mean that the
  /// waitlist ends there.
  func entries(of list: WaitlistKey, after entry: WaitlistEntry?, limit: Int) throws -> [WaitlistEntry]
}

/// How many waiting contacts a tenant's cycle may still ask in vain. One object for all batches of a cycle.
///
/// Contacts that get a message are not counted: capacity bounds them.
package final class WaitlistBudget {
  /// A cycle asks at most this many waiting contacts that must wait again.
  package static let misses = 256
  /// A cycle passes at most this many contacts of inactive sequences. A pass costs one step in an index.
  package static let passes = 16_384

  /// Misses left for contacts that were not asked since their waitlist gained capacity.
  var front: Int
  /// Misses left for the part of a waitlist behind those.
  var deep: Int
  /// Passes left for the first and the second of them.
  var frontPasses: Int
  var deepPasses: Int

  /// The full budget of one cycle. Without a limit each contact that capacity reached is asked: a process that ends with
  /// its cycle remembers no misses, and would ask the same contacts each time.
  package init(isLimited: Bool = true) {
    front = isLimited ? WaitlistBudget.misses / 2 : .max
    deep = isLimited ? WaitlistBudget.misses - WaitlistBudget.misses / 2 : .max
    frontPasses = isLimited ? WaitlistBudget.passes / 2 : .max
    deepPasses = isLimited ? WaitlistBudget.passes / 2 : .max
  }
}

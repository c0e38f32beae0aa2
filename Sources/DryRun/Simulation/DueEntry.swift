import Routing

/// An item to process at a time; items of the same time are in order of their indices.
struct DueEntry: Comparable {
  let at: Instant
  let place: Int

  static func < (left: DueEntry, right: DueEntry) -> Bool { (left.at, left.place) < (right.at, right.place) }
}

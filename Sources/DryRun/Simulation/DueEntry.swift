import Routing

/// An item to process at a time; items of the same time are in order of their indices.
struct DueEntry: Comparable {
  let at: Instant
  let index: Int

  static func < (left: DueEntry, right: DueEntry) -> Bool { (left.at, left.index) < (right.at, right.index) }
}

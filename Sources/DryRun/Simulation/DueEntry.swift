import Routing

/// Something that is to be looked at from a moment on; what is due at the same moment comes in the order of its places.
struct DueEntry: Comparable {
  let at: Instant
  let place: Int

  static func < (left: DueEntry, right: DueEntry) -> Bool { (left.at, left.place) < (right.at, right.place) }
}

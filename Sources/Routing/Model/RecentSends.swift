/// The moments at which one device handed a message to its gateway, oldest first, back to 24 hours.
///
/// The windows of the caps roll over this list, so no stretch of 60 minutes ever holds more than the hour's cap,
/// wherever it begins.
package struct RecentSends: Equatable, Sendable {
  /// 60 seconds, in milliseconds.
  package static let minute: Int64 = 60_000
  /// 60 minutes, in milliseconds.
  package static let hour: Int64 = 3_600_000
  /// 24 hours, in milliseconds: no send older than that is needed.
  package static let day: Int64 = 86_400_000

  /// UTC milliseconds. May begin earlier than 24 hours ago.
  package private(set) var moments: [Int64] = []

  /// A device that sent nothing.
  package init() {}

  /// `moments` in their order.
  package init(sorted moments: [Int64]) { self.moments = moments }

  /// The latest send; nil without any.
  package var last: Instant? { moments.last.map(Instant.init(milliseconds:)) }

  /// Adds a send. Sends mostly come in order; one that does not is put in its place.
  package mutating func add(_ moment: Instant) {
    if let last = moments.last, last > moment.milliseconds {
      moments.insert(moment.milliseconds, at: firstIndex(after: moment.milliseconds))
    } else {
      moments.append(moment.milliseconds)
    }
  }

  /// Forgets what no window at `now` or later can see.
  package mutating func forget(before now: Instant) {
    let count = firstIndex(after: now.milliseconds - RecentSends.day)
    // Moving the rest down costs its length: worth it once half of the list is stale.
    if count > 64, count * 2 > moments.count { moments.removeFirst(count) }
  }

  /// The sends that a window of 24 hours at `now` can see, and any after it.
  package func day(at now: Instant) -> ArraySlice<Int64> {
    moments[firstIndex(after: now.milliseconds - RecentSends.day)...]
  }

  /// Sends in the `window` milliseconds that end at `now`, and any after `now`: a clock that was set back does not make
  /// them undone.
  package func count(window: Int64, at now: Instant) -> Int {
    moments.count - firstIndex(after: now.milliseconds - window)
  }

  /// The earliest moment from `now` on at which the window has room for one more, when `outstanding` messages
  /// are counted in and leave as soon as they can. `now` itself when there is room already; nil for a limit of 0.
  package func roomAt(limit: Int, window: Int64, outstanding: Int, now: Instant) -> Instant? {
    guard limit > 0 else { return nil }
    let start = firstIndex(after: now.milliseconds - window)
    let used = moments.count - start + outstanding
    guard used >= limit else { return now }
    let mustLeave = used - limit + 1
    let sent = used - outstanding
    // What is outstanding can be sent at `now` at the earliest, and then fills the window for its whole length.
    guard mustLeave <= sent else { return now.advanced(byMilliseconds: window) }
    return Instant(milliseconds: moments[start + mustLeave - 1]).advanced(byMilliseconds: window)
  }

  private func firstIndex(after moment: Int64) -> Int {
    var (low, high) = (0, moments.count)
    while low < high {
      let middle = (low + high) / 2
      if moments[middle] > moment { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

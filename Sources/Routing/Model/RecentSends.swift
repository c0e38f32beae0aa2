/// The times of a device's sends in the last 24 hours, oldest first. A send hands a message to the gateway.
///
/// Rate limits use rolling windows over this list, so no period of 60 minutes, wherever it begins, contains more sends
/// than the hourly limit.
package struct RecentSends: Equatable, Sendable {
  /// 60 seconds, in milliseconds.
  package static let minute: Int64 = 60_000
  /// 60 minutes, in milliseconds.
  package static let hour: Int64 = 3_600_000
  /// 24 hours, in milliseconds: older sends are not needed.
  package static let day: Int64 = 86_400_000

  /// UTC milliseconds. The list may begin earlier than 24 hours ago.
  package private(set) var moments: [Int64] = []

  /// A device that has sent nothing.
  package init() {}

  /// `moments` must be in ascending order.
  package init(sorted moments: [Int64]) { self.moments = moments }

  /// The latest send; nil without sends.
  package var last: Instant? { moments.last.map(Instant.init(milliseconds:)) }

  /// Adds a send. Sends mostly arrive in order; a late one is inserted at its position.
  package mutating func add(_ moment: Instant) {
    if let last = moments.last, last > moment.milliseconds {
      moments.insert(moment.milliseconds, at: firstIndex(after: moment.milliseconds))
    } else {
      moments.append(moment.milliseconds)
    }
  }

  /// Adds sends in ascending order. Costs an append if they follow the others.
  package mutating func add(sorted times: [Int64]) {
    guard let first = times.first else { return }
    if let last = moments.last, last > first {
      for time in times { add(Instant(milliseconds: time)) }
    } else {
      moments += times
    }
  }

  /// Drops sends that are too old for every window that ends at `now` or later.
  package mutating func forget(before now: Instant) {
    let count = firstIndex(after: now.milliseconds - RecentSends.day)
    // Removing elements moves the rest of the list, so this waits until half of the list is stale.
    if count > 64, count * 2 > moments.count { moments.removeFirst(count) }
  }

  /// The sends in the 24 hours before `now`, and any after it.
  package func day(at now: Instant) -> ArraySlice<Int64> {
    moments[firstIndex(after: now.milliseconds - RecentSends.day)...]
  }

  /// Sends in the `window` milliseconds that end at `now`, and any after `now`: sends stay counted when the clock is set
  /// back.
  package func count(window: Int64, at now: Instant) -> Int {
    moments.count - firstIndex(after: now.milliseconds - window)
  }

  /// The earliest time, `now` or later, at which the window has capacity for one more message, assuming that the
  /// `outstanding` ones are sent as early as possible. `now` if it has capacity already; nil for a limit of 0.
  package func roomAt(limit: Int, window: Int64, outstanding: Int, now: Instant) -> Instant? {
    guard limit > 0 else { return nil }
    let start = firstIndex(after: now.milliseconds - window)
    let used = moments.count - start + outstanding
    guard used >= limit else { return now }
    let mustLeave = used - limit + 1
    let sent = used - outstanding
    // Outstanding messages are sent at `now` at the earliest, and then occupy the window for its full length.
    guard mustLeave <= sent else { return now.advanced(byMilliseconds: window) }
    return Instant(milliseconds: moments[start + mustLeave - 1]).advanced(byMilliseconds: window)
  }

  /// As `roomAt`, but the outstanding messages are sent as early as the window allows. Later than `roomAt` if the sends and
  /// the outstanding messages together are at least twice the limit. Recorded waits depend on `roomAt`, so it stays as it is.
  package func freeAt(limit: Int, window: Int64, outstanding: Int, now: Instant) -> Instant? {
    let first = firstIndex(after: now.milliseconds - window)
    let sent = moments.count - first
    let mustLeave = sent + outstanding - limit + 1
    guard limit > 0, mustLeave > sent else {
      return roomAt(limit: limit, window: window, outstanding: outstanding, now: now)
    }
    // Each message is sent when the one that is `limit` messages before it leaves the window; the first ones at once.
    let ahead = mustLeave - max(sent, limit)
    let windows = ahead > 0 ? (ahead + limit - 1) / limit : 0
    let earliest = mustLeave - windows * limit
    let start = earliest <= sent ? moments[first + earliest - 1] : now.milliseconds
    return Instant(milliseconds: start).advanced(byMilliseconds: Int64(windows + 1) * window)
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

/// How many more messages a device can accept over time: what its caps, its pace and its queue limit allow together.
///
/// An estimate. It assumes that capacity is used as soon as it exists, and that sends are one mean pause apart. Within a
/// window, capacity returns in the order of the sends on record; after that, the window repeats.
struct CapacityCurve {
  /// A rolling cap. `sends` are the times in the window; nil if only their number is known.
  private struct Window {
    let limit: Int
    let length: Int64
    let used: Int
    let sends: ArraySlice<Int64>?

    /// How many messages more than the `outstanding` ones fit until `milliseconds` after `now`. `unsent`: how many of
    /// these are not sent yet after a time.
    func count(until milliseconds: Int64, now: Instant, outstanding: Int, unsent: (Int64) -> Int) -> Int {
      let (periods, rest) = milliseconds.quotientAndRemainder(dividingBy: length)
      let fits = Int(periods + 1) * limit - min(limit, left(after: rest, now: now)) - outstanding
      // After the first period, those that were outstanding leave the window in the order of their sends.
      return periods > 0 && used + outstanding <= limit ? fits - unsent(rest) : fits
    }

    private func left(after milliseconds: Int64, now: Instant) -> Int {
      guard let sends else { return Int((Double(used) * (1 - Double(milliseconds) / Double(length))).rounded(.up)) }
      let start = now.milliseconds - length + milliseconds
      var (low, high) = (sends.startIndex, sends.endIndex)
      while low < high {
        let middle = (low + high) / 2
        if sends[middle] > start { high = middle } else { low = middle + 1 }
      }
      return sends.endIndex - low
    }
  }

  /// Greater limits count as this one: sums over a year stay within an `Int`.
  private static let limitMax = 1_000_000_000

  private let now: Instant
  private let windows: [Window]
  private let outstanding: Int
  /// The most messages that can be outstanding; nil without limits.
  private let outstandingMax: Int?
  /// The first send after `now`, and the mean time between two; milliseconds.
  private let firstSend: Int64
  private let pause: Double
  private let hasPace: Bool

  /// Nil for a device that does not send: not online, or paused. `fleet` must have the unreduced limits.
  init?(_ fleet: Fleet, _ position: Int, for priority: Priority) {
    let (member, load) = (fleet.members[position], fleet.load(position))
    let device = member.device
    guard device.status == .online, !device.isPaused(at: fleet.now) else { return nil }
    let isReduced = priority == .bulk && fleet.bulkShare < 100
    let limits = isReduced ? device.limits.reduced(to: fleet.bulkShare) : device.limits
    let bounded = { (limit: Int?) in limit.map { min($0, CapacityCurve.limitMax) } }
    (now, outstanding) = (fleet.now, load.outstanding)
    let caps = [
      (limits.minute, RecentSends.minute, load.sentMinute), (limits.hour, RecentSends.hour, load.sentHour),
      (limits.day, RecentSends.day, load.sentDay),
    ]
    windows = caps.compactMap { limit, length, used in
      bounded(limit).map { limit in
        let isKnown = member.sends.count(window: length, at: fleet.now) == used
        return Window(
          limit: limit, length: length, used: used, sends: isKnown ? member.sends.moments.suffix(used) : nil)
      }
    }
    outstandingMax = [limits.minute, limits.hour, limits.day, limits.queue].compactMap(bounded).min()
    firstSend = device.paceEnd(at: fleet.now).map { $0.milliseconds - fleet.now.milliseconds } ?? 0
    let pace = (device.pace.minimumSeconds + device.pace.maximumSeconds) * 500
    hasPace = pace > 0
    // Without a pace, a full queue is sent once a second at the soonest, as in `Fleet.roomAt`.
    pause = hasPace ? pace : 1000 / Double(max(1, outstandingMax ?? 1))
  }

  /// How many messages it can accept until `milliseconds` after the fleet's time, including what it can accept now.
  /// `Int.max` without limits. Never less for a later time.
  func count(until milliseconds: Int64) -> Int {
    guard let outstandingMax else { return .max }
    guard outstandingMax > 0 else { return 0 }
    let count = windows.reduce(outstandingMax - outstanding + sent(until: milliseconds)) { least, window in
      let count = window.count(until: milliseconds, now: now, outstanding: outstanding) {
        max(0, outstanding - sent(until: $0))
      }
      return min(least, count)
    }
    return max(0, count)
  }

  /// How many messages its pace allows until then.
  private func sent(until milliseconds: Int64) -> Int {
    guard milliseconds > 0, milliseconds >= firstSend else { return 0 }
    return Int(Double(milliseconds - firstSend) / pause) + 1
  }

  /// The messages that it accepts in an hour in the long run, over a time of this length. The cap of a day counts for a
  /// time of a day or more, or if nothing else bounds the device. Nil if only its queue is limited, or nothing.
  func perHour(over milliseconds: Int64) -> Double? {
    let hour = Double(RecentSends.hour)
    let (short, day) = (windows.filter { $0.length < RecentSends.day }, windows.first { $0.length == RecentSends.day })
    var rates = short.map { Double($0.limit) * hour / Double($0.length) }
    if hasPace { rates.append(hour / pause) }
    if let day, rates.isEmpty || milliseconds >= RecentSends.day { rates.append(Double(day.limit) / 24) }
    return rates.min()
  }
}

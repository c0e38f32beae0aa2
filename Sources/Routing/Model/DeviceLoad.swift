/// What a device has sent recently and has yet to send.
package struct DeviceLoad: Equatable, Sendable {
  /// Messages handed to the gateway in the last 60 seconds.
  package var sentMinute = 0
  /// In the last 60 minutes.
  package var sentHour = 0
  /// In the last 24 hours.
  package var sentDay = 0
  /// Messages queued on this device.
  package var queued = 0
  /// Messages being sent now.
  package var inFlight = 0
  /// Attempts that failed in the last 60 minutes.
  package var failuresHour = 0

  /// By default the load of an idle device.
  package init(
    sentMinute: Int = 0, sentHour: Int = 0, sentDay: Int = 0, queued: Int = 0, inFlight: Int = 0,
    failuresHour: Int = 0
  ) {
    self.sentMinute = sentMinute
    self.sentHour = sentHour
    self.sentDay = sentDay
    self.queued = queued
    self.inFlight = inFlight
    self.failuresHour = failuresHour
  }

  /// Computes the load from the times of sends: counts the sends in each window before `now`.
  package init(of sends: RecentSends, queued: Int, inFlight: Int, failuresHour: Int, at now: Instant) {
    self.init(
      sentMinute: sends.count(window: RecentSends.minute, at: now),
      sentHour: sends.count(window: RecentSends.hour, at: now), sentDay: sends.count(window: RecentSends.day, at: now),
      queued: queued, inFlight: inFlight, failuresHour: failuresHour)
  }

  /// Messages that the device still has to send: queued and in flight.
  package var outstanding: Int { queued + inFlight }

  /// The limits in the order in which they are checked and reported.
  package func usage(under limits: DeviceLimits) -> [CapUsage] {
    [
      CapUsage(cap: .minute, used: sentMinute + outstanding, limit: limits.minute),
      CapUsage(cap: .hour, used: sentHour + outstanding, limit: limits.hour),
      CapUsage(cap: .day, used: sentDay + outstanding, limit: limits.day),
      CapUsage(cap: .queue, used: outstanding, limit: limits.queue),
    ]
  }

  /// How many more messages fit under every limit, counting outstanding ones as used; `Int.max` without limits.
  package func headroom(under limits: DeviceLimits) -> Int {
    var room = Int.max
    if let limit = limits.minute { room = min(room, limit - sentMinute - outstanding) }
    if let limit = limits.hour { room = min(room, limit - sentHour - outstanding) }
    if let limit = limits.day { room = min(room, limit - sentDay - outstanding) }
    if let limit = limits.queue { room = min(room, limit - outstanding) }
    return max(room, 0)
  }

  /// The usage of the fullest window, 0 (nothing used, or no limits) to 1 (full). A limit of 0 is full.
  package func share(under limits: DeviceLimits) -> Double {
    var share = 0.0
    if let limit = limits.minute { share = max(share, DeviceLoad.share(of: sentMinute + outstanding, limit)) }
    if let limit = limits.hour { share = max(share, DeviceLoad.share(of: sentHour + outstanding, limit)) }
    if let limit = limits.day { share = max(share, DeviceLoad.share(of: sentDay + outstanding, limit)) }
    if let limit = limits.queue { share = max(share, DeviceLoad.share(of: outstanding, limit)) }
    return share
  }

  private static func share(of used: Int, _ limit: Int) -> Double {
    used >= limit ? 1 : Double(used) / Double(limit)
  }
}

/// One limit of a device and how much of it is used.
package struct CapUsage: Equatable, Sendable {
  /// Which limit, in the order of checking; raw values are those of JSON.
  package enum Cap: String, Sendable { case minute, hour, day, queue }

  /// The window, or the limit on outstanding messages.
  package let cap: Cap
  /// Sends in its window plus outstanding messages; for `queue`, outstanding messages alone.
  package let used: Int
  /// Nil means no limit. For a bulk message, the part of the device's limit that bulk messages may use.
  package let limit: Int?
  /// The device's own limit, if `limit` is the part of it that bulk messages may use; otherwise nil.
  package private(set) var wholeLimit: Int?

  /// `wholeLimit` is unknown: `reduced` sets it.
  package init(cap: Cap, used: Int, limit: Int?) { (self.cap, self.used, self.limit) = (cap, used, limit) }

  /// This usage of a limit that was reduced from the one in `limits`.
  func reduced(from limits: DeviceLimits) -> CapUsage {
    var copy = self
    copy.wholeLimit =
      switch cap {
      case .minute: limits.minute
      case .hour: limits.hour
      case .day: limits.day
      case .queue: limits.queue
      }
    return copy
  }

  /// Whether one more message would exceed the limit; never without a limit.
  package var isFull: Bool { limit.map { used >= $0 } ?? false }
}

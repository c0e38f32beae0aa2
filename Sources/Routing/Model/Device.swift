/// The connection state of a device. Only `online` devices send.
package enum DeviceStatus: String, CaseIterable, Sendable {
  case online, offline
  /// The gateway refused the device's credentials several times in a row.
  case authFailed = "auth_failed"
  /// Nothing was received from it for a while.
  case unknown
  /// Permanently out of service; its rows are kept.
  case retired
}

/// How much a device may send and queue; nil means no limit. Windows are rolling: "hour" is the last 60 minutes.
package struct DeviceLimits: Equatable, Sendable {
  /// Sends in the last 60 seconds.
  package var minute: Int?
  /// Sends in the last 60 minutes.
  package var hour: Int?
  /// Sends in the last 24 hours.
  package var day: Int?
  /// Messages queued on the device or being sent, together.
  package var queue: Int?

  /// No limits by default.
  package init(minute: Int? = nil, hour: Int? = nil, day: Int? = nil, queue: Int? = nil) {
    (self.minute, self.hour, self.day, self.queue) = (minute, hour, day, queue)
  }

  /// Each limit reduced to a percentage, rounded down. A limit of at least 1 stays at least 1, unless the percentage is 0.
  package func reduced(to percent: Int) -> DeviceLimits {
    func part(_ limit: Int?) -> Int? {
      guard let limit, limit > 0 else { return limit }
      if percent <= 0 { return 0 }
      let whole = limit / 100 * percent
      return max(1, whole + limit % 100 * percent / 100)
    }
    return DeviceLimits(minute: part(minute), hour: part(hour), day: part(day), queue: part(queue))
  }
}

/// The pause between two messages of a device, drawn uniformly between two bounds; seconds.
package struct Pace: Equatable, Sendable {
  /// The shortest pause.
  package let minimumSeconds: Double
  /// The longest pause; at most a day.
  package let maximumSeconds: Double

  /// Returns nil unless 0 ≤ minimum ≤ maximum ≤ a day.
  package init?(minimumSeconds: Double, maximumSeconds: Double) {
    guard minimumSeconds >= 0, minimumSeconds <= maximumSeconds, maximumSeconds <= 86_400 else { return nil }
    (self.minimumSeconds, self.maximumSeconds) = (minimumSeconds, maximumSeconds)
  }

  /// No pause: the next message may be sent at once.
  package static let none = Pace(minimumSeconds: 0, maximumSeconds: 0)!

  /// The longest pause, in milliseconds.
  package var maximumMilliseconds: Int64 { Int64((maximumSeconds * 1000).rounded()) }

  /// A pause in milliseconds for a uniform `draw` in 0..<1.
  package func pauseMilliseconds(draw: Double) -> Int64 {
    Int64(((minimumSeconds + (maximumSeconds - minimumSeconds) * draw) * 1000).rounded())
  }
}

/// A sending device: the values that do not change during a cycle.
package struct Device: Equatable, Sendable {
  /// The row in the store.
  package var key: DeviceKey
  /// The external id, unique within the tenant.
  package var id: DeviceID
  /// The display name; the id if none was given.
  package var name: String
  /// The number that it sends from; nil if its gateway needs none.
  package var phone: PhoneNumber?
  /// As imported, such as `android`; may be empty.
  package var platform: String
  /// Only an `online` device sends and accepts messages; `refusal` reports the others to policies.
  package var status: DeviceStatus
  /// Until this time it sends nothing and accepts nothing new.
  package var pausedUntil: Instant?
  /// The name of the gateway that sends its messages.
  package var gateway: String
  /// Limits on sends and on outstanding messages.
  package var limits: DeviceLimits
  /// The pause between two of its messages.
  package var pace: Pace
  /// In the order given, without duplicates.
  package var tags: [String]
  /// Named values, in the order given; names are unique.
  package var attributes: [Parameter]
  /// When it was first used; `ageDays` counts from then. Nil if a request or a record of an earlier version does not give
  /// it. It may be in the future.
  package var activatedAt: Instant?
  /// When it was last heard from; nil if unknown.
  package var lastSeenAt: Instant?
  /// When it last handed a message to its gateway; nil if never.
  package var lastSentAt: Instant?
  /// Pacing: the earliest time of its next message, as recorded. `paceEnd` limits it.
  package var nextSendAt: Instant?

  /// By default an online device without limits, on the gateway `log`.
  package init(
    key: DeviceKey, id: DeviceID, name: String? = nil, phone: PhoneNumber? = nil, platform: String = "",
    status: DeviceStatus = .online, pausedUntil: Instant? = nil, gateway: String = "log",
    limits: DeviceLimits = DeviceLimits(), pace: Pace = .none, tags: [String] = [], attributes: [Parameter] = [],
    activatedAt: Instant? = nil, lastSeenAt: Instant? = nil, lastSentAt: Instant? = nil, nextSendAt: Instant? = nil
  ) {
    self.key = key
    self.id = id
    self.name = name ?? id.text
    self.phone = phone
    self.platform = platform
    self.status = status
    self.pausedUntil = pausedUntil
    self.gateway = gateway
    self.limits = limits
    self.pace = pace
    self.tags = tags
    self.attributes = attributes
    self.activatedAt = activatedAt
    self.lastSeenAt = lastSeenAt
    self.lastSentAt = lastSentAt
    self.nextSendAt = nextSendAt
  }

  /// Whole days of 24 hours since its activation: 0 if that is in the future, nil if it is unknown.
  package func ageDays(at now: Instant) -> Int64? {
    guard let activatedAt else { return nil }
    let (age, overflow) = now.milliseconds.subtractingReportingOverflow(activatedAt.milliseconds)
    return overflow ? nil : max(age, 0) / 86_400_000
  }

  /// Until when its pace keeps it from sending; nil if it may send at `now`. Never later than its longest pause after
  /// `now`, whatever time is on record: a clock that was ahead for a while may have recorded it.
  package func paceEnd(at now: Instant) -> Instant? {
    guard let nextSendAt, nextSendAt > now else { return nil }
    let end = min(nextSendAt, now.advanced(byMilliseconds: pace.maximumMilliseconds))
    return end > now ? end : nil
  }

  /// Whether it is paused at `now`. A pause that ends at `now` is over.
  package func isPaused(at now: Instant) -> Bool { pausedUntil.map { $0 > now } ?? false }
}

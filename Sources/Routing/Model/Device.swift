/// What is known of a device's connection. Only `online` devices send.
package enum DeviceStatus: String, CaseIterable, Sendable {
  case online, offline
  /// The gateway refused the device's credentials several times in a row.
  case authFailed = "auth_failed"
  /// Not heard of for a while.
  case unknown
  /// Taken out of service for good; its rows stay.
  case retired
}

/// How much a device may send and hold; nil is no limit. The windows roll: "hour" is the last 60 minutes.
package struct DeviceLimits: Equatable, Sendable {
  /// Sends in the last 60 seconds.
  package var minute: Int?
  /// Sends in the last 60 minutes.
  package var hour: Int?
  /// Sends in the last 24 hours.
  package var day: Int?
  /// Messages that are queued on the device or being sent, together.
  package var inFlight: Int?

  /// Without limits unless given.
  package init(minute: Int? = nil, hour: Int? = nil, day: Int? = nil, inFlight: Int? = nil) {
    (self.minute, self.hour, self.day, self.inFlight) = (minute, hour, day, inFlight)
  }
}

/// The pause between two messages of a device, drawn evenly between two bounds; seconds.
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

  /// No pause: the next message may leave at once.
  package static let none = Pace(minimumSeconds: 0, maximumSeconds: 0)!

  /// A pause in milliseconds for a uniform `draw` in 0..<1.
  package func pauseMilliseconds(draw: Double) -> Int64 {
    Int64(((minimumSeconds + (maximumSeconds - minimumSeconds) * draw) * 1000).rounded())
  }
}

/// A sending device: what stays the same while a cycle runs.
package struct Device: Equatable, Sendable {
  /// The row in the store.
  package var key: DeviceKey
  /// The external id, unique within the tenant.
  package var id: DeviceID
  /// For people; the id where none was given.
  package var name: String
  /// The number that it sends from; nil where a gateway needs none.
  package var phone: PhoneNumber?
  /// As imported, such as `android`; may be empty.
  package var platform: String
  /// Only `online` sends and accepts; `refusal` says so to policies.
  package var status: DeviceStatus
  /// Sends nothing and accepts nothing new before this moment.
  package var pausedUntil: Instant?
  /// The name of the gateway that sends its messages.
  package var gateway: String
  /// Caps on sends and on outstanding messages.
  package var limits: DeviceLimits
  /// The pause between two of its messages.
  package var pace: Pace
  /// In the order given, without repetition.
  package var tags: [String]
  /// What is known of it by name, in the order given; names are unique.
  package var attributes: [Parameter]
  /// When it began to be used, from which `ageDays` counts; nil where a request or a record of
  /// an earlier version does not say. It may lie ahead.
  package var activatedAt: Instant?
  /// When it was last heard of; nil where that is not known.
  package var lastSeenAt: Instant?
  /// When it last handed a message over; nil if never.
  package var lastSentAt: Instant?
  /// Pacing: the next message leaves no earlier.
  package var nextSendAt: Instant?

  /// Defaults describe an online device without limits, on the gateway `log`.
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

  /// Whole days of 24 hours since its activation: 0 for one that lies ahead, nil where it is not known.
  package func ageDays(at now: Instant) -> Int64? {
    guard let activatedAt else { return nil }
    let (age, overflow) = now.milliseconds.subtractingReportingOverflow(activatedAt.milliseconds)
    return overflow ? nil : max(age, 0) / 86_400_000
  }

  /// Whether it sends nothing at `now`; a pause that ends at `now` is over.
  package func isPaused(at now: Instant) -> Bool { pausedUntil.map { $0 > now } ?? false }
}

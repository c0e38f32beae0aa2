/// The first reason why a device cannot accept another message.
package enum DeviceRefusal: Equatable, Sendable {
  case status(DeviceStatus)
  case paused(until: Instant)
  case cap(CapUsage)

  /// Checked in the order status, pause, limits (minute, hour, day, in flight); nil if the device can accept more.
  package static func first(for device: Device, load: DeviceLoad, at now: Instant) -> DeviceRefusal? {
    if device.status != .online { return .status(device.status) }
    if let until = device.pausedUntil, until > now { return .paused(until: until) }
    return load.usage(under: device.limits).first(where: \.isFull).map(DeviceRefusal.cap)
  }

  /// A short phrase for people: `offline`, `80 of 80 this hour`.
  package var text: String {
    switch self {
    case .status(.authFailed): "credentials refused"
    case .status(let status): status.rawValue
    case .paused(let until): "paused until \(until.rfc3339)"
    case .cap(let usage) where usage.wholeLimit != nil: DeviceRefusal.bulk(usage)
    case .cap(let usage):
      switch usage.cap {
      case .minute: "\(usage.used) of \(usage.limit ?? 0) this minute"
      case .hour: "\(usage.used) of \(usage.limit ?? 0) this hour"
      case .day: "\(usage.used) of \(usage.limit ?? 0) this day"
      case .queue: "\(usage.used) of \(usage.limit ?? 0) queued"
      }
    }
  }

  /// `bulk messages may use 64 of 80 an hour, and 70 are used`.
  private static func bulk(_ usage: CapUsage) -> String {
    let window =
      switch usage.cap {
      case .minute: " a minute"
      case .hour: " an hour"
      case .day: " a day"
      case .queue: " in the queue"
      }
    return "bulk messages may use \(usage.limit ?? 0) of \(usage.wholeLimit ?? 0)\(window), and \(usage.used) are used"
  }
}

/// Why a device does not send what is queued on it: what `SendAllowance` counts, as a reason.
package enum SendHold: Equatable, Sendable {
  /// `until`: when the reason is over; nil when that cannot be known.
  case device(DeviceRefusal, until: Instant?)
  case pace(until: Instant)

  /// The moment from which on the device may send again; nil when that cannot be known.
  package var until: Instant? {
    switch self {
    case .device(_, let until): until
    case .pace(let until): until
    }
  }
}

extension Fleet {
  /// Why this device sends nothing at the fleet's moment; nil when it may send. What is queued does not count: only what
  /// was sent and what is being sent fills a window.
  package func sendHold(_ position: Int) -> SendHold? {
    var member = members[position]
    member.load.queued = 0
    if let refusal = DeviceRefusal.first(for: member.device, load: member.load, at: now) {
      return .device(refusal, until: Fleet(tenant: tenant, now: now, members: [member]).roomAt(0))
    }
    guard let next = member.device.nextSendAt, next > now else { return nil }
    return .pace(until: next)
  }
}

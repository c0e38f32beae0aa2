/// Why a device does not send its queued messages: the conditions of `SendAllowance` as a reason.
package enum SendHold: Equatable, Sendable {
  /// `until` is when the reason ends; nil if unknown.
  case device(DeviceRefusal, until: Instant?)
  case pace(until: Instant)

  /// The time from which the device may send again; nil if unknown.
  package var until: Instant? {
    switch self {
    case .device(_, let until): until
    case .pace(let until): until
    }
  }
}

extension Fleet {
  /// Why this device sends nothing at the fleet's time; nil if it may send. Queued messages do not count: only messages
  /// sent and being sent fill a window.
  package func sendHold(_ position: Int) -> SendHold? {
    var member = members[position]
    member.load.queued = 0
    if let refusal = refusal(position, load: member.load) {
      return .device(refusal, until: Fleet(tenant: tenant, now: now, members: [member]).roomAt(0))
    }
    return member.device.paceEnd(at: now).map { .pace(until: $0) }
  }
}

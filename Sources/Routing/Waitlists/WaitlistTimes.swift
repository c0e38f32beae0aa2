/// When a wait ends at the latest.
package enum WaitlistTimes {
  /// The latest end of a wait for capacity that names no time; seconds.
  package static let defaultSeconds: Int64 = 86_400
  /// The part of a wait by which its end may be brought forward: a tenth.
  private static let spread: Int64 = 10

  /// When a contact on a waitlist is decided again at the latest: up to a tenth of the wait before `until`, by a hash of
  /// the contact, so that a thousand equal waits do not end in one cycle. At least one second after `now`.
  package static func end(of contact: ContactID, until: Instant, now: Instant) -> Instant {
    let wait = until.milliseconds - now.milliseconds
    guard wait > 0 else { return until }
    let place = Int64(ContactShare.place(of: contact, salt: 0))
    let early = Int64((wait / spread).multipliedFullWidth(by: place).low / UInt64(ContactShare.whole))
    return max(until.advanced(byMilliseconds: -early), min(until, now.advanced(bySeconds: 1)))
  }
}

extension Admission {
  /// When a contact is decided again at the latest whose policy answered a plain `wait` while no device can accept a
  /// message: the time that the policy asked for. The contact then also stands on the waitlist of the fleet. Nil for other
  /// verdicts, and if a device can accept a message.
  package static func latestEnd(of verdict: Verdict, fleet: inout Fleet) -> Instant? {
    let seconds: Double?
    switch verdict {
    case .wait(let asked): seconds = asked
    case .noOpinion: seconds = nil
    default: return nil
    }
    guard !fleet.canAccept() else { return nil }
    guard let seconds else { return fleet.now.advanced(bySeconds: WaitlistTimes.defaultSeconds) }
    let asked = fleet.now.advanced(byMilliseconds: Int64((seconds * 1000).rounded(.up)))
    return max(asked, fleet.now.advanced(bySeconds: 1))
  }
}

extension Fleet {
  /// The index of the device with this key; nil if it is retired or another tenant's. Costs a binary search.
  package func position(of key: DeviceKey) -> Int? {
    var (low, high) = (0, members.count)
    while low < high {
      let middle = (low + high) / 2
      if members[middle].device.key < key { low = middle + 1 } else { high = middle }
    }
    return low < members.count && members[low].device.key == key ? low : nil
  }

  /// How many more messages the device can take, reservations included; 0 if it is not online, paused or full, `Int.max`
  /// without limits. Bulk contacts see the device with reduced limits. The one function that tells whether a device can serve
  /// a waitlist.
  package func capacity(_ position: Int, for priority: Priority) -> Int {
    let device = members[position].device
    guard device.status == .online, device.pausedUntil.map({ $0 <= now }) ?? true else { return 0 }
    let limits = priority == .bulk && bulkShare < 100 ? device.limits.reduced(to: bulkShare) : device.limits
    return load(position).headroom(under: limits)
  }
}

extension RecentSends {
  /// The sends dated after `now`, by a clock that was ahead. Every window counts them until the clock has passed the
  /// window's length after them.
  package func count(after now: Instant) -> Int { moments.reversed().prefix { $0 > now.milliseconds }.count }
}

extension Fleet.Member {
  /// `; 5 of its sends are dated ahead of the clock`, for the text about a full limit; empty if none is, or if the times of
  /// the sends are unknown.
  package func sendsAheadText(at now: Instant) -> String {
    let count = sends.count(after: now.advanced(byMilliseconds: TimesAhead.toleranceMilliseconds))
    guard count > 0 else { return "" }
    return "; \(count) of its sends \(count == 1 ? "is" : "are") dated ahead of the clock"
  }

  /// Why the device cannot accept more, with the sends ahead of the clock that fill a limit; nil if it can.
  package func refusalText(at now: Instant) -> String? {
    guard let refusal = DeviceRefusal.first(for: device, load: load, at: now) else { return nil }
    if case .cap = refusal { return refusal.text + sendsAheadText(at: now) }
    return refusal.text
  }
}

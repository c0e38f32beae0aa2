import Routing

/// What `usher explain` says about times that are ahead of the clock.
extension ExplainText {
  /// Names the newest time of the contact that is ahead of the clock, and what to do; nil if no time is.
  var ahead: String? {
    let now = explanation.now
    guard let newest = recordedTimes.max(),
      newest > now.advanced(byMilliseconds: TimesAhead.toleranceMilliseconds)
    else { return nil }
    let distance = ClockDistance.text(milliseconds: newest.milliseconds - now.milliseconds)
    return "Its record is \(distance) ahead of the clock, up to \(times.text(newest)): \(ClockHold.advice)."
  }

  /// The times that `usher store clock accept` corrects. The time of a decision is history, so it counts only while the
  /// contact waits for a time that was computed from it.
  private var recordedTimes: [Instant] {
    let contact = explanation.contact
    var times = [contact.enrolledAt]
    for message in contact.messages {
      times += message.attempts.flatMap { [$0.startedAt, $0.finishedAt].compactMap(\.self) }
      if message.status == .pending, message.createdAt > contact.dueAt { times.append(message.createdAt) }
    }
    if contact.status == .waiting, let decided = explanation.lastDecision?.at,
      contact.nextAt.map({ $0 > decided }) ?? false
    {
      times.append(decided)
    }
    return times
  }

  /// For a device whose limit is full: how many of its sends are ahead of the clock; empty if none is.
  func sendsAhead(on device: DeviceID) -> String {
    guard let position = explanation.fleet.position(of: device) else { return "" }
    return explanation.fleet.members[position].sendsAheadText(at: explanation.now)
  }
}

import Routing

/// The messages to one tenant's leads as `messages_day` counts them: sent in the last 24 hours, or being sent.
struct LeadMessages {
  private struct Lead {
    var onTheirWay = 0
    var sends = RecentSends()
  }

  /// Contains only leads with messages of either kind.
  private var leads: [LeadKey: Lead] = [:]

  init(_ sent: [SentState]) {
    for message in sent { leads[message.lead, default: Lead()].sends.add(message.at) }
  }

  mutating func queue(to lead: LeadKey) { leads[lead, default: Lead()].onTheirWay += 1 }

  /// A pending message was sent at `moment`, or cancelled if nil.
  mutating func end(to lead: LeadKey, at moment: Instant?) {
    leads[lead, default: Lead()].onTheirWay -= 1
    if let moment { leads[lead]?.sends.add(moment) }
  }

  mutating func count(to lead: LeadKey, at now: Instant) -> Int {
    guard var found = leads[lead] else { return 0 }
    let count = found.onTheirWay + found.sends.count(window: RecentSends.day, at: now)
    if count == 0 {
      leads[lead] = nil
    } else if !found.sends.moments.isEmpty {
      found.sends.forget(before: now)
      leads[lead] = found
    }
    return count
  }
}

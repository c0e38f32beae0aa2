import Routing

/// The messages to one tenant's leads, as `messages_day` counts them: those of the last 24 hours, and those on their way.
struct LeadMessages {
  private struct Lead {
    var onTheirWay = 0
    var sends = RecentSends()
  }

  /// Leads without either are left out.
  private var leads: [LeadKey: Lead] = [:]

  init(_ sent: [SentState]) {
    for message in sent { leads[message.lead, default: Lead()].sends.add(message.at) }
  }

  mutating func queue(to lead: LeadKey) { leads[lead, default: Lead()].onTheirWay += 1 }

  /// One that was on its way was sent, or cancelled: `at` nil.
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

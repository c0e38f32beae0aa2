import DryRun
import Routing

/// What `usher explain` says about a contact on a waitlist.
extension ExplainText {
  /// `412th on the waitlist of Sales 1 (D1)`, or without a position; nil for a contact on no waitlist.
  var place: String? {
    guard let place = explanation.place else { return nil }
    let priority = place.priority == .normal ? "" : " (\(place.priority.name))"
    // A contact of an inactive sequence is passed over, so it has no position among the others.
    let position = explanation.isHeldBySequence ? "" : "\(WaitlistText.ordinal(place.position)) "
    return "\(position)on the waitlist of \(place.waitlist.text(name))\(priority)"
  }

  /// Names the waitlist of a filter that the tenant has no room for; nil if the contact is on the waitlist that its policy
  /// named.
  var otherWaitlist: String? {
    guard explanation.place?.waitlist == .fleet, case .filter? = explanation.lastDecision?.waitlist,
      let named = explanation.lastDecision?.waitlist
    else { return nil }
    return "Its policy named the waitlist of \(named.text(name)), but the tenant already has "
      + "\(StoredWaitlist.filtersMax) waitlists of filters, the most that are possible."
  }
}

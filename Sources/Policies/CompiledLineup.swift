import Routing

/// A tenant's compiled policies by role.
package struct CompiledLineup {
  /// Policies with a share of the contacts.
  package struct Trial {
    /// The contacts; widening the share adds contacts and removes none.
    package let share: ContactShare
    /// Never empty.
    package let policies: [CompiledPolicy]

    /// `policies` must not be empty.
    package init(share: ContactShare, policies: [CompiledPolicy]) { (self.share, self.policies) = (share, policies) }
  }

  /// In evaluation order; never empty.
  package var live: [CompiledPolicy]
  /// Decides instead of `live` for its share; nil without a canary.
  package var canary: Trial?
  /// Compared with the deciding side, without effect on it; nil without a shadow.
  package var shadow: Trial?
  /// Evaluated after the policies of either side, in order.
  package var guards: [CompiledPolicy]

  /// `live` must not be empty. By default without canary, shadow and guards.
  package init(
    live: [CompiledPolicy], canary: Trial? = nil, shadow: Trial? = nil, guards: [CompiledPolicy] = []
  ) {
    (self.live, self.canary, self.shadow, self.guards) = (live, canary, shadow, guards)
  }

  /// Compiles a recorded line-up. A revision that cannot be used answers with its fault.
  package init(
    _ lineup: PolicyLineup, compile: (PolicyRevision) -> CompiledPolicy = { CompiledPolicy.onRecord($0) },
    compileGuard: (PolicyRevision) -> CompiledPolicy = { CompiledPolicy.onRecord($0, kind: .guard) }
  ) {
    self.init(
      live: lineup.live.map(compile),
      canary: lineup.canary.map { Trial(share: $0.share, policies: $0.revisions.map(compile)) },
      shadow: lineup.shadow.map { Trial(share: $0.share, policies: $0.revisions.map(compile)) },
      guards: lineup.guards.map(compileGuard))
  }

  /// The same line-up without its shadow.
  package var withoutShadow: CompiledLineup {
    CompiledLineup(live: live, canary: canary, guards: guards)
  }

  /// The policies whose decisions take effect: live ones first, guards last.
  package var deciding: [CompiledPolicy] { live + (canary?.policies ?? []) + guards }

  /// The side that decides for a contact.
  package func side(of contact: ContactID) -> PolicyLineup.Side {
    canary?.share.contains(contact) == true ? .canary : .live
  }

  /// In evaluation order; without a canary the live policies serve both sides.
  package func policies(of side: PolicyLineup.Side) -> [CompiledPolicy] {
    side == .canary ? canary?.policies ?? live : live
  }

  /// The policies that decide for a contact, in evaluation order.
  package func policies(for contact: ContactID) -> [CompiledPolicy] { policies(of: side(of: contact)) }
}

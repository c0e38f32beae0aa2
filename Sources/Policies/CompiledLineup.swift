import Routing

/// A tenant's policies, compiled, each in its role.
package struct CompiledLineup {
  /// Policies that take a share of the contacts.
  package struct Trial {
    /// Which contacts; widening adds to them and drops none.
    package let share: ContactShare
    /// Never empty.
    package let policies: [CompiledPolicy]

    /// `policies` must not be empty.
    package init(share: ContactShare, policies: [CompiledPolicy]) { (self.share, self.policies) = (share, policies) }
  }

  /// In the order in which they are asked; never empty.
  package var live: [CompiledPolicy]
  /// Decides for its share in place of `live`; nil without one.
  package var canary: Trial?
  /// Compared with whoever decides, never acted on; nil without one.
  package var shadow: Trial?
  /// Asked after whoever decided, in order.
  package var guards: [CompiledPolicy]

  /// `live` must not be empty; no trials and no guards unless given.
  package init(
    live: [CompiledPolicy], canary: Trial? = nil, shadow: Trial? = nil, guards: [CompiledPolicy] = []
  ) {
    (self.live, self.canary, self.shadow, self.guards) = (live, canary, shadow, guards)
  }

  /// As it is on record. A revision that cannot be used answers with what is wrong with it.
  package init(
    _ lineup: PolicyLineup, compile: (PolicyRevision) -> CompiledPolicy = CompiledPolicy.orBroken,
    compileGuard: (PolicyRevision) -> CompiledPolicy = { CompiledPolicy.orBroken($0, kind: .guard) }
  ) {
    self.init(
      live: lineup.live.map(compile),
      canary: lineup.canary.map { Trial(share: $0.share, policies: $0.revisions.map(compile)) },
      shadow: lineup.shadow.map { Trial(share: $0.share, policies: $0.revisions.map(compile)) },
      guards: lineup.guards.map(compileGuard))
  }

  /// What decides, and nothing beside it.
  package var withoutShadow: CompiledLineup {
    CompiledLineup(live: live, canary: canary, guards: guards)
  }

  /// Whose decisions are acted on: live ones first, guards last.
  package var deciding: [CompiledPolicy] { live + (canary?.policies ?? []) + guards }

  /// Who decides for a contact.
  package func side(of contact: ContactID) -> PolicyLineup.Side {
    canary?.share.contains(contact) == true ? .canary : .live
  }

  /// In the order in which they are asked; `live` answers for a canary that does not exist.
  package func policies(of side: PolicyLineup.Side) -> [CompiledPolicy] {
    side == .canary ? canary?.policies ?? live : live
  }

  /// Those that decide for a contact.
  package func policies(for contact: ContactID) -> [CompiledPolicy] { policies(of: side(of: contact)) }
}

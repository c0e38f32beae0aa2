import Routing

/// A tenant's policies, compiled, each in its role.
package struct CompiledLineup {
  /// Policies that take a share of the contacts.
  package struct Trial {
    package let share: ContactShare
    /// Never empty.
    package let policies: [CompiledPolicy]

    package init(share: ContactShare, policies: [CompiledPolicy]) { (self.share, self.policies) = (share, policies) }
  }

  /// In the order in which they are asked; never empty.
  package var live: [CompiledPolicy]
  package var canary: Trial?
  package var shadow: Trial?

  package init(live: [CompiledPolicy], canary: Trial? = nil, shadow: Trial? = nil) {
    (self.live, self.canary, self.shadow) = (live, canary, shadow)
  }

  /// As it is on record. A revision that cannot be used answers with what is wrong with it.
  package init(_ lineup: PolicyLineup, compile: (PolicyRevision) -> CompiledPolicy = CompiledPolicy.orBroken) {
    self.init(
      live: lineup.live.map(compile),
      canary: lineup.canary.map { Trial(share: $0.share, policies: $0.revisions.map(compile)) },
      shadow: lineup.shadow.map { Trial(share: $0.share, policies: $0.revisions.map(compile)) })
  }

  /// What decides, and nothing beside it.
  package var withoutShadow: CompiledLineup { CompiledLineup(live: live, canary: canary) }

  /// Whose decisions are acted on: live ones first.
  package var deciding: [CompiledPolicy] { live + (canary?.policies ?? []) }

  /// Who decides for a contact.
  package func side(of contact: ContactID) -> PolicyLineup.Side {
    canary?.share.contains(contact) == true ? .canary : .live
  }

  package func policies(of side: PolicyLineup.Side) -> [CompiledPolicy] {
    side == .canary ? canary?.policies ?? live : live
  }

  /// Those that decide for a contact.
  package func policies(for contact: ContactID) -> [CompiledPolicy] { policies(of: side(of: contact)) }
}

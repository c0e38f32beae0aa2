/// The policies of a tenant in one generation, each in its role.
package struct PolicyLineup: Equatable, Sendable {
  /// Those that decide, in the order in which they are asked; empty before the first cycle.
  package var live: [PolicyRevision]
  /// Decides for a share of the contacts in place of the live ones.
  package var canary: PolicyTrial?
  /// Decides beside the live ones and is never acted on.
  package var shadow: PolicyTrial?
  /// Asked after whoever decided, in order; they can only make a contact wait.
  package var guards: [PolicyRevision]

  /// Live policies alone unless given.
  package init(
    live: [PolicyRevision], canary: PolicyTrial? = nil, shadow: PolicyTrial? = nil, guards: [PolicyRevision] = []
  ) {
    (self.live, self.canary, self.shadow, self.guards) = (live, canary, shadow, guards)
  }

  /// Whose decisions are acted on.
  package enum Side: String, Equatable, Sendable, CaseIterable { case live, canary }

  /// Who decides for a contact.
  package func side(of contact: ContactID) -> Side { canary?.share.contains(contact) == true ? .canary : .live }

  /// Those that decide for a contact.
  package func deciding(_ contact: ContactID) -> [PolicyRevision] {
    side(of: contact) == .canary ? canary?.revisions ?? live : live
  }
}

/// Policies that are tried on a share of a tenant's contacts.
package struct PolicyTrial: Equatable, Sendable {
  /// Which contacts it is tried on, and since which generation.
  package var share: ContactShare
  /// In the order in which they are asked; never empty.
  package var revisions: [PolicyRevision]
  /// The tenant's parameters as the trial has them: the tenant's own once it is promoted.
  package var parameters: [Parameter]
  /// When a canary is rolled back; a shadow has none.
  package var guards: CanaryGuards?

  /// `guards` belongs to a canary.
  package init(
    share: ContactShare, revisions: [PolicyRevision], parameters: [Parameter], guards: CanaryGuards? = nil
  ) {
    (self.share, self.revisions, self.parameters, self.guards) = (share, revisions, parameters, guards)
  }

  /// The generation that it began in.
  package var since: Int64 { share.salt }
}

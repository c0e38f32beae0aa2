/// The policies of a tenant in one generation, by role.
package struct PolicyLineup: Equatable, Sendable {
  /// The live policies in evaluation order; empty before the first cycle.
  package var live: [PolicyRevision]
  /// Decides instead of the live policies for a share of the contacts.
  package var canary: PolicyTrial?
  /// Evaluated alongside the live policies; its decisions are only compared.
  package var shadow: PolicyTrial?
  /// Evaluated after the policies of either side, in order; they can only make a contact wait.
  package var guards: [PolicyRevision]

  /// By default only live policies.
  package init(
    live: [PolicyRevision], canary: PolicyTrial? = nil, shadow: PolicyTrial? = nil, guards: [PolicyRevision] = []
  ) {
    (self.live, self.canary, self.shadow, self.guards) = (live, canary, shadow, guards)
  }

  /// The two sides whose decisions take effect.
  package enum Side: String, Equatable, Sendable, CaseIterable { case live, canary }

  /// The side that decides for a contact.
  package func side(of contact: ContactID) -> Side { canary?.share.contains(contact) == true ? .canary : .live }

  /// The policies that decide for a contact, in evaluation order.
  package func deciding(_ contact: ContactID) -> [PolicyRevision] {
    side(of: contact) == .canary ? canary?.revisions ?? live : live
  }
}

/// Policies on trial with a share of a tenant's contacts.
package struct PolicyTrial: Equatable, Sendable {
  /// Which contacts it covers, and since which generation.
  package var share: ContactShare
  /// In evaluation order; never empty.
  package var revisions: [PolicyRevision]
  /// The tenant's parameters in the trial; a promotion makes them the tenant's own.
  package var parameters: [Parameter]
  /// When a canary is rolled back automatically; nil for a shadow.
  package var rollbackLimits: RollbackLimits?

  /// `guards` is only for a canary.
  package init(
    share: ContactShare, revisions: [PolicyRevision], parameters: [Parameter],
    rollbackLimits: RollbackLimits? = nil
  ) {
    (self.share, self.revisions, self.parameters) = (share, revisions, parameters)
    self.rollbackLimits = rollbackLimits
  }

  /// The generation in which it began.
  package var since: Int64 { share.salt }
}

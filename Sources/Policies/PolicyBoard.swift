import Routing

/// The policies that decide for each tenant, kept up with their files and with what operators activate.
///
/// Asked once for each tenant and cycle: a file that changed is checked, compiled and tried on its cases then, and taken
/// or refused. After a refusal the last good revision goes on. A text that was dealt with before is held: what was rolled
/// back does not come back by itself. A shipped text is taken where nothing decides under its name, and held where another
/// does: a file that was removed and an upgrade change nothing. Not for use from two threads at a time.
package final class PolicyBoard: PolicyStandings {
  /// A file that was not taken.
  package struct Refusal: Equatable, Sendable {
    /// The name that lists the file.
    package let policy: String
    /// What is wrong, with the line where one can be named.
    package let message: String
  }

  /// A file that passes, or was not looked into, and is not what decides.
  package struct Held: Equatable, Sendable {
    /// The name that lists it.
    package let policy: String
    /// Why, and what makes it decide.
    package let reason: String
  }

  /// What decides for a tenant now, and what its files would change.
  package struct Standing {
    /// All roles, compiled; stays the last good one when a file is refused.
    package let lineup: CompiledLineup
    /// Files that failed the check, did not compile or broke a case; empty when all pass.
    package let refusals: [Refusal]
    /// Files whose text is not what decides, each with the reason.
    package let held: [Held]
    /// Names of policies whose new revision was taken by this call.
    package let taken: [String]
    /// The generation to begin when what decides now is not the last one on record; nil when it is.
    package let proposal: GenerationProposal?
    /// Texts that what is on record does not name: of each policy, it alone.
    package let texts: [PolicyText]

    /// In the order in which they are asked; never empty.
    package var policies: [CompiledPolicy] { lineup.live }

    /// Nothing beside the line-up unless given.
    package init(
      lineup: CompiledLineup, refusals: [Refusal] = [], held: [Held] = [], taken: [String] = [],
      proposal: GenerationProposal? = nil, texts: [PolicyText] = []
    ) {
      (self.lineup, self.refusals, self.taken, self.proposal) = (lineup, refusals, taken, proposal)
      (self.held, self.texts) = (held, texts)
    }
  }

  private let catalog: PolicyCatalog
  private let acceptance: any PolicyAcceptance
  private let limits: SandboxLimitsOption
  private let isPinned: Bool
  private var desks: [TenantKey: TenantDesk] = [:]
  private let shelf: GuardShelf

  /// `acceptance` says whether a new or changed file may decide. `isPinned`: files are read for a tenant that has no
  /// policies on record, and for no other.
  package init(
    catalog: PolicyCatalog, acceptance: any PolicyAcceptance, limits: SandboxLimitsOption = .standard,
    isPinned: Bool = false
  ) {
    (self.catalog, self.acceptance, self.limits, self.isPinned) = (catalog, acceptance, limits, isPinned)
    shelf = GuardShelf(catalog: catalog, acceptance: acceptance, limits: limits)
  }

  /// Compiles only what changed since the last call for the tenant. Rethrows what `known` throws.
  package func standing(
    of tenant: Tenant, last: Int64, known: () throws -> KnownPolicies
  ) rethrows -> Standing {
    let desk = desks[tenant.key] ?? TenantDesk(catalog: catalog, acceptance: acceptance, limits: limits)
    if desk.last != last { desk.learn(try known(), last: last) }
    desks[tenant.key] = desk
    return desk.standing(of: tenant, isPinned: isPinned, shelf: shelf)
  }

  /// The policies of a tenant of which nothing is on record.
  package func standing(of tenant: Tenant) -> Standing {
    standing(of: tenant, last: 0, known: { KnownPolicies(generation: nil) })
  }
}

import Policies
import Routing

/// Activates policies: for all contacts, as a canary for a share of them, or as a shadow in parallel with the live policies.
package struct ActivatePolicy {
  /// Where the policies come from.
  package enum Source {
    /// Files, or policies by name: each must pass its check and its cases.
    case files(PolicyArgument)
    /// A recorded revision, by the beginning of its digest. It replaces the policy of the same name.
    case revision(String)
  }

  /// The role that the policies get.
  package enum Role: Equatable, Sendable {
    case live
    /// `share`: parts of a million of the contacts; `limits`: when the canary is rolled back automatically.
    case canary(share: Int, limits: RollbackLimits)
    /// `share`: parts of a million of the contacts whose decisions are compared.
    case shadow(share: Int)
  }

  /// The result of an activation.
  package struct Result {
    /// A change for each tenant whose policies changed; empty if these revisions are already live.
    package let changes: [PolicyChangeResult]
    /// The activated files outside the rules folder: cycles do not read them, so later edits have no effect.
    package let unwatchedFiles: [String]
  }

  private let source: Source
  private let role: Role
  private let scope: TenantScope
  private let isDry: Bool

  /// `isDry`: writes nothing and returns what would change.
  package init(_ source: Source, as role: Role = .live, scope: TenantScope, isDry: Bool = false) {
    (self.source, self.role, self.scope, self.isDry) = (source, role, scope, isDry)
  }

  /// Changes all tenants of the scope or none. `catalog`: the rules folder that cycles of this store read.
  ///
  /// Throws `invalidPolicy` for a file that does not pass, `revisionNotFound`, `revisionAmbiguous` or
  /// `revisionNotReproducible` for a revision, `noLivePolicy` or `stateConflict` where no canary or shadow can begin, and
  /// the errors of consent. Costs a run of the cases of each file.
  package func run(on store: any Store, catalog: PolicyCatalog, by note: OperatorNote) throws -> Result {
    let changer = PolicyChanger(store: store, scope: scope, note: note, isDry: isDry)
    let candidate: any PolicyCandidate =
      switch source {
      case .files(let argument): FileCandidate(argument)
      case .revision(let digest): RecordedCandidate(try RevisionLookup.one(digest, in: store), store: store)
      }
    try candidate.check(for: try changer.tenants().map(\.tenant))
    let changes = try changer.apply { try request($0, candidate, changer) }
    return Result(changes: changes, unwatchedFiles: changes.isEmpty ? [] : candidate.filesOutside(catalog))
  }

  private func request(
    _ current: TenantGeneration, _ candidate: any PolicyCandidate, _ changer: PolicyChanger
  ) throws -> PolicyChangeRequest? {
    let made = try candidate.policies(for: current)
    switch role {
    case .live:
      return .replacing(
        current, with: made.revisions, made.parameters, changer.change(.activate, origin: candidate.origin))
    case .canary(let share, let limits):
      let generation = try current.expectGeneration()
      try expectNoCanary(generation, of: current.tenant)
      try expectOther(made, than: generation, of: current.tenant)
      return .editing(current, generation, changer.change(.canary, origin: candidate.origin)) {
        $0.canary = PolicyTrial(
          share: .beginning(after: current.last, partsPerMillion: share), revisions: made.revisions,
          parameters: made.parameters, rollbackLimits: limits)
      }
    case .shadow(let share):
      let generation = try current.expectGeneration()
      return .editing(current, generation, changer.change(.shadow, origin: candidate.origin)) {
        $0.shadow = PolicyTrial(
          share: .beginning(after: current.last, partsPerMillion: share), revisions: made.revisions,
          parameters: made.parameters)
      }
    }
  }

  private func expectNoCanary(_ generation: PolicyGeneration, of tenant: Tenant) throws {
    guard let running = generation.lineup.canary else { return }
    throw Problem(
      .stateConflict,
      "tenant '\(tenant.id)' has a canary for \(Percent.text(running.share.partsPerMillion)) of its contacts: "
        + "end it first with `usher policy promote` or `usher policy rollback`")
  }

  private func expectOther(_ made: CandidatePolicies, than current: PolicyGeneration, of tenant: Tenant) throws {
    guard made.revisions.isSame(as: current.lineup.live) else { return }
    throw Problem(
      .stateConflict,
      "these revisions are already live for tenant '\(tenant.id)': a canary would compare them with themselves")
  }
}

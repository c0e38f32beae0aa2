import Routing

/// Gives canaries a larger share of the contacts; at 100 %, a canary's policies become the live ones.
package struct PromoteCanary {
  private let share: Int
  private let scope: TenantScope
  private let isDry: Bool

  /// `share`: parts of a million. `isDry`: writes nothing and returns what would change.
  package init(to share: Int = ContactShare.whole, scope: TenantScope, isDry: Bool = false) {
    (self.share, self.scope, self.isDry) = (share, scope, isDry)
  }

  /// Changes the canaries of all tenants of the scope or none. Throws `stateConflict` where no canary runs, `invalidInput`
  /// for a share that is not larger, and the errors of consent.
  package func run(on store: any Store, by note: OperatorNote) throws -> [PolicyChangeResult] {
    let changer = PolicyChanger(store: store, scope: scope, note: note, isDry: isDry)
    let changes = try changer.apply { try request($0, changer) }
    if changes.isEmpty {
      throw Problem(
        .stateConflict,
        "no canary is running; `usher policy activate --canary` starts one, `usher policy history` lists earlier ones")
    }
    return changes
  }

  private func request(_ current: TenantGeneration, _ changer: PolicyChanger) throws -> PolicyChangeRequest? {
    guard let generation = current.generation, let canary = generation.lineup.canary else { return nil }
    let before = canary.share.partsPerMillion
    guard share > before else {
      throw Problem(
        .invalidInput,
        "the canary of tenant '\(current.tenant.id)' already has \(Percent.text(before)) of the contacts: expected a larger "
          + "share with --to, found \(Percent.text(share)); only `usher policy rollback` takes contacts from it"
      )
    }
    let change = changer.change(.promote, origin: "canary of generation \(canary.since)")
    if share == ContactShare.whole {
      return .replacing(current, with: canary.revisions, canary.parameters, change)
    }
    return .editing(current, generation, change) { $0.canary?.share = canary.share.widened(to: share) }
  }
}

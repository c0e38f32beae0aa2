import Routing

/// Restores earlier policies, whatever the files contain.
package struct RollBackPolicy {
  /// The policies to restore.
  package enum Target: Equatable, Sendable {
    /// Ends a running canary; if none runs, restores the previous policies.
    case previous
    /// A generation of the tenant, by number.
    case generation(Int64)
    /// The last generation in which a revision was live, by the beginning of its digest.
    case revision(String)

    /// What a text names: a number of at most nine digits is a generation; with `sha256:` in front, digits name a revision.
    package init(_ text: String) {
      self = (text.count <= 9 ? Int64(text) : nil).map(Target.generation) ?? .revision(text)
    }
  }

  private let target: Target
  private let scope: TenantScope
  private let isDry: Bool

  /// `isDry`: writes nothing and returns what would change.
  package init(to target: Target = .previous, scope: TenantScope, isDry: Bool = false) {
    (self.target, self.scope, self.isDry) = (target, scope, isDry)
  }

  /// Changes all tenants of the scope or none. Throws `stateConflict` if there is nothing to go back to,
  /// `generationNotFound`, the errors of a revision's lookup, `revisionNotReproducible`, and the errors of consent. A file
  /// that holds the text that was rolled back is not accepted again until it is edited.
  package func run(on store: any Store, by note: OperatorNote) throws -> [PolicyChangeResult] {
    let changer = PolicyChanger(store: store, scope: scope, note: note, isDry: isDry)
    if case .generation(let number) = target, scope.tenant == nil, try changer.tenants().count > 1 {
      throw Problem(
        .invalidInput, "--to \(number) requires --tenant, since generations are numbered per tenant")
    }
    let search = GenerationSearch(store: store)
    let revision: PolicyRevision? =
      if case .revision(let digest) = target { try RevisionLookup.one(digest, in: store) } else { nil }
    let changes = try changer.apply { current in
      let generation = try current.expectGeneration()
      let found: PolicyGeneration?
      switch target {
      case .previous where generation.lineup.canary != nil: return endCanary(current, generation, changer)
      case .previous: found = try search.before(generation, of: current)
      case .generation(let number): found = try search.generation(number, of: current)
      case .revision: found = try revision.flatMap { try search.last(with: $0, before: generation, of: current) }
      }
      return try found.flatMap { try request(current, generation, backTo: $0, changer) }
    }
    if changes.isEmpty {
      throw Problem(
        .stateConflict, "there are no earlier policies to restore; `usher policy history` lists the revisions")
    }
    return changes
  }

  private func endCanary(
    _ current: TenantGeneration, _ generation: PolicyGeneration, _ changer: PolicyChanger
  ) -> PolicyChangeRequest {
    let change = changer.change(.rollback, origin: GenerationSearch.origin(of: generation, to: nil))
    var request = PolicyChangeRequest.editing(current, generation, change) { $0.canary = nil }
    request.draft.rolledBack = PolicyChangeRequest.endedTexts(by: request.draft.lineup, from: generation.lineup)
    return request
  }

  private func request(
    _ current: TenantGeneration, _ generation: PolicyGeneration, backTo target: PolicyGeneration,
    _ changer: PolicyChanger
  ) throws -> PolicyChangeRequest? {
    let live = target.lineup.live
    let choices = [target.parameters, current.tenant.parameters] + live.map(\.parameters)
    guard let parameters = ParameterSearch.parameters(making: live, among: choices.compactMap(\.self)) else {
      throw Problem(
        .revisionNotReproducible,
        "generation \(target.number) of tenant '\(current.tenant.id)' cannot be restored as it was: this version of usher "
          + "cannot use its source, or its parameters are not recorded; activate its source with --policy")
    }
    let origin = GenerationSearch.origin(of: generation, to: target)
    return .replacing(current, with: live, parameters, changer.change(.rollback, origin: origin))
  }
}

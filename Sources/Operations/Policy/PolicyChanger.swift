import Policies
import Routing

/// A change of a tenant's policies, made or only computed.
package struct PolicyChangeResult: Equatable, Sendable {
  /// The change, with the line-up that it makes.
  package let request: PolicyChangeRequest
  /// The generation that began; nil if nothing was written.
  package let generation: Int64?
}

/// The procedure of every action that changes live policies: read, make a request for each tenant, apply all in one transaction.
struct PolicyChanger {
  /// How often the requests are made again if another process changes the policies meanwhile.
  private static let triesMax = 5

  let store: any Store
  let scope: TenantScope
  let note: OperatorNote
  /// Whether nothing is written.
  let isDry: Bool

  /// Calls `request` for each tenant of the scope (nil leaves the tenant unchanged) and applies the requests together.
  ///
  /// Throws what `request` throws, `consentRequired` and `reasonRequired` of the scope, and `changedMeanwhile` when other
  /// processes changed the live policies five times in a row. Then nothing is written.
  func apply(_ request: (TenantGeneration) throws -> PolicyChangeRequest?) throws -> [PolicyChangeResult] {
    for attempt in 1...PolicyChanger.triesMax {
      let requests = try tenants().compactMap(request)
      if isDry || requests.isEmpty { return requests.map { PolicyChangeResult(request: $0, generation: nil) } }
      try scope.expectConsent(toChange: requests.map(\.tenant.id), reason: note.reason)
      do {
        let generations = try store.apply(requests, systemUser: note.actor.systemUser)
        return zip(requests, generations).map { PolicyChangeResult(request: $0, generation: $1) }
      } catch StoreError.generationPassed {
        if attempt == PolicyChanger.triesMax { break }
      }
    }
    throw Problem(
      .changedMeanwhile,
      "the live policies kept changing while this command ran; nothing was changed: try again")
  }

  /// The tenants of the scope with their live policies. Throws `tenantNotFound`.
  func tenants() throws -> [TenantGeneration] { try TenantGeneration.all(in: store, tenant: scope.tenant) }

  /// The change for the record: by whom, why and when; `origin` is where the new policies come from.
  func change(_ action: PolicyChange.Action, origin: String) -> PolicyChange {
    PolicyChange(at: note.at, actor: note.actor.name, action: action, reason: note.reason, origin: origin)
  }
}

extension PolicyChangeRequest {
  /// Replaces the live policies for all contacts, which ends a canary. Nil if they are already live.
  static func replacing(
    _ current: TenantGeneration, with revisions: [PolicyRevision], _ parameters: [Parameter], _ change: PolicyChange
  ) -> PolicyChangeRequest? {
    let before = current.generation?.lineup
    var lineup = before ?? PolicyLineup(live: [])
    (lineup.live, lineup.canary) = (revisions, nil)
    let isSame = before.map { $0.canary == nil && $0.live.map(\.digest) == revisions.map(\.digest) } ?? false
    if isSame, current.tenant.policies == revisions.map(\.policy), current.tenant.parameters == parameters {
      return nil
    }
    return PolicyChangeRequest(
      tenant: current.tenant, last: current.last,
      draft: GenerationDraft(
        lineup: lineup, parameters: parameters, change: change,
        rolledBack: before.map { endedTexts(by: lineup, from: $0) } ?? [],
        activated: lineup.live.map(PolicyText.init(of:))),
      list: revisions.map(\.policy), parameters: parameters)
  }

  /// Keeps the live policies and the tenant's parameters; `edit` changes the canary and the shadow.
  static func editing(
    _ current: TenantGeneration, _ generation: PolicyGeneration, _ change: PolicyChange,
    _ edit: (inout PolicyLineup) -> Void
  ) -> PolicyChangeRequest {
    var lineup = generation.lineup
    edit(&lineup)
    return PolicyChangeRequest(
      tenant: current.tenant, last: current.last,
      draft: GenerationDraft(lineup: lineup, parameters: generation.parameters, change: change))
  }

  /// The sources that a change ends: a file that still has one of them must not be accepted again.
  static func endedTexts(by lineup: PolicyLineup, from before: PolicyLineup) -> [PolicyText] {
    let kept = Set(lineup.live.map(\.digest))
    let left = before.live + (before.canary?.revisions ?? [])
    return left.filter { !kept.contains($0.digest) && !$0.source.isEmpty }.map(PolicyText.init(of:))
  }
}

/// Finds a tenant's parameters that reproduce given revisions.
enum ParameterSearch {
  /// The first of `choices` over which every revision has the digest that it has; nil if none does. Costs a compilation of
  /// each revision for each choice.
  static func parameters(making revisions: [PolicyRevision], among choices: [[Parameter]]) -> [Parameter]? {
    choices.first { parameters in
      revisions.allSatisfy { revision in
        let made = try? CompiledPolicy(
          file: revision.policy, source: Array(revision.source.utf8), parameters: parameters)
        return made?.revision.digest == revision.digest
      }
    }
  }
}

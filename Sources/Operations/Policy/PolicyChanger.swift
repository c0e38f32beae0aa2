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
      let requests = try tenants().compactMap(request).map(recorded)
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

  /// With the digests on record: a revision that the store has under another digest keeps that name.
  private func recorded(_ request: PolicyChangeRequest) throws -> PolicyChangeRequest {
    var request = request
    let lineup = request.draft.lineup
    request.draft.lineup.live = try lineup.live.map(store.named)
    request.draft.lineup.canary?.revisions = try (lineup.canary?.revisions ?? []).map(store.named)
    request.draft.lineup.shadow?.revisions = try (lineup.shadow?.revisions ?? []).map(store.named)
    return request
  }

  /// The tenants of the scope with their live policies. Throws `tenantNotFound`.
  func tenants() throws -> [TenantGeneration] { try TenantGeneration.all(in: store, tenant: scope.tenant) }

  /// The change for the record: by whom, why and when; `origin` is where the new policies come from.
  func change(_ action: PolicyChange.Action, origin: String) -> PolicyChange {
    PolicyChange(at: note.at, actor: note.actor.name, action: action, reason: note.reason, origin: origin)
  }
}

extension PolicyStore {
  /// The revision under its digest on record, unless that digest covers 3.0 where this revision has 3. Costs a look-up,
  /// and some digests if 0.1.0 recorded the revision.
  func named(_ revision: PolicyRevision) throws -> PolicyRevision {
    let found = try recorded(revision)
    if found.digest == revision.digest { return revision }
    return CompiledPolicy.digest(of: found) == CompiledPolicy.digest(of: revision) ? found : revision
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
    let isSame = before.map { $0.canary == nil && $0.live.isSame(as: revisions) } ?? false
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
    let left = before.live + (before.canary?.revisions ?? [])
    return left.filter { ended in !ended.source.isEmpty && !lineup.live.contains { $0.isSame(as: ended) } }
      .map(PolicyText.init(of:))
  }
}

/// Finds a tenant's parameters that reproduce given revisions.
enum ParameterSearch {
  /// The first of `choices` over which every source makes the revision that is given; nil if none does. Costs a compilation of
  /// each revision for each choice.
  static func parameters(making revisions: [PolicyRevision], among choices: [[Parameter]]) -> [Parameter]? {
    choices.first { parameters in
      revisions.allSatisfy { revision in
        let made = try? CompiledPolicy(
          file: revision.policy, source: Array(revision.source.utf8), parameters: parameters)
        return made?.revision.isSame(as: revision) ?? false
      }
    }
  }
}

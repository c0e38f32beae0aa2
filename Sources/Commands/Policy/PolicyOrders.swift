import Operations
import Policies
import Representations
import Routing
import Wire

/// Changes of what decides, made of what stands and carried out in one transaction.
struct PolicyOrders {
  /// What decides for a tenant now.
  struct Standing {
    let tenant: Tenant
    let generation: PolicyGeneration?

    var last: Int64 { generation?.number ?? 0 }

    /// Throws before the first cycle: there is nothing to try something beside.
    func expectGeneration() throws -> PolicyGeneration {
      guard let generation, !generation.lineup.live.isEmpty else {
        throw Problem(
          .noLivePolicy,
          "tenant '\(tenant.id)' has no policies that decide yet: run `usher serve` or `usher tick` once, or activate some"
        )
      }
      return generation
    }

    /// Throws if the tenant does not exist. `tenant` nil: of all.
    static func all(in store: any Store, tenant: TenantID?) throws -> [Standing] {
      let all = try store.read { snapshot in
        try snapshot.tenants().filter { tenant == nil || $0.id == tenant }.map {
          Standing(tenant: $0, generation: try snapshot.generation(of: $0.key))
        }
      }
      if all.isEmpty, let tenant { try TenantLookup.expect(tenant, in: store) }
      return all
    }
  }

  let store: any Store
  let tenants: TenantsOptions
  let who: OperatorOptions

  /// How often orders are made anew when what decides is changed meanwhile.
  private static let triesMax = 5

  /// Makes an order for each tenant, nil for none, and carries them out together. Orders for several tenants need consent
  /// (`TenantsOptions`): what counts is who would change, not who is there. With `isDry` nothing is written, and a
  /// difference is exit code 2.
  func carryOut(isDry: Bool, _ order: (Standing) throws -> PolicyChangeRequest?) throws -> Listing {
    for attempt in 1...PolicyOrders.triesMax {
      let orders = try standings().compactMap(order)
      if isDry || orders.isEmpty { return listing(orders, generations: []) }
      try tenants.expectConsent(toChange: orders.map(\.tenant.id), reason: who.reason)
      do {
        return listing(orders, generations: try store.apply(orders, systemUser: who.actor.systemUser))
      } catch StoreError.generationPassed {
        if attempt == PolicyOrders.triesMax { break }
      }
    }
    throw Problem(
      .changedMeanwhile,
      "what decides was changed again and again while this command looked; nothing was changed: try again")
  }

  /// Throws if the tenant does not exist.
  func standings() throws -> [Standing] { try Standing.all(in: store, tenant: tenants.tenantID) }

  private func listing(_ orders: [PolicyChangeRequest], generations: [Int64]) -> Listing {
    var listing = Listing([
      "tenant", "generation", "action", "policies", "revisions", "canary_share", "canary", "shadow_share", "shadow",
    ])
    for (index, order) in orders.enumerated() {
      let lineup = order.draft.lineup
      let digests = { (revisions: [PolicyRevision]) in JSONValue.array(revisions.map { .string($0.digest) }) }
      let share = { (trial: PolicyTrial?) in JSONValue(trial.map { Percent.text($0.share.partsPerMillion) }) }
      listing.add([
        .string(order.tenant.id.text), index < generations.count ? .integer(generations[index]) : .null,
        .string(order.draft.change.action.rawValue), .array(lineup.live.map { .string($0.policy) }),
        digests(lineup.live), share(lineup.canary), lineup.canary.map { digests($0.revisions) } ?? .null,
        share(lineup.shadow), lineup.shadow.map { digests($0.revisions) } ?? .null,
      ])
    }
    return listing
  }
}

extension PolicyOrders {
  /// The tenant's own parameters over which these revisions are what they are: those given first, of all tried.
  static func parameters(making revisions: [PolicyRevision], among choices: [[Parameter]]) -> [Parameter]? {
    choices.first { parameters in
      revisions.allSatisfy { revision in
        let made = try? CompiledPolicy(
          file: revision.policy, source: Array(revision.source.utf8), parameters: parameters)
        return made?.revision.digest == revision.digest
      }
    }
  }

  /// Texts that stop deciding with a change: a file that still holds one of them is not taken again.
  static func turnedDown(by lineup: PolicyLineup, from before: PolicyLineup) -> [PolicyText] {
    let kept = Set(lineup.live.map(\.digest))
    let left = before.live + (before.canary?.revisions ?? [])
    return left.filter { !kept.contains($0.digest) && !$0.source.isEmpty }.map(PolicyText.init(of:))
  }

  /// Texts that a change makes decide, whatever the files hold.
  static func activated(by lineup: PolicyLineup) -> [PolicyText] { lineup.live.map(PolicyText.init(of:)) }
}

import Routing

extension TenantPolicyState {
  /// Uses the recorded policies regardless of the files. A file with another source is held.
  func pinned(
    _ generation: PolicyGeneration, _ guards: GuardRegistry.TenantGuards, of tenant: Tenant
  ) -> TenantPolicies {
    let live = generation.lineup.live.map { revision in
      var slot = slots[revision.policy] ?? Slot()
      compileIfNeeded(&slot)
      slots[revision.policy] = slot
      return slot.policy ?? CompiledPolicy.onRecord(revision)
    }
    return TenantPolicies(
      lineup: CompiledLineup(live: live, canary: trials.canary, shadow: trials.shadow, guards: guards.guards),
      refusals: guards.refusals, held: held(beside: generation, of: tenant) + guards.held, accepted: guards.accepted,
      proposal: proposal(live, guards, parameters: generation.parameters, origins: [], texts: []))
  }

  /// The changes that an unpinned process would apply: edited files, and the tenant's list and parameters.
  private func held(beside generation: PolicyGeneration, of tenant: Tenant) -> [TenantPolicies.Held] {
    let live = generation.lineup.live
    let areParametersNew = generation.parameters.map { $0 != tenant.parameters } ?? false
    var held: [TenantPolicies.Held] = []
    for name in tenant.policies {
      let stem = TenantPolicyState.stem(name)
      guard let revision = live.first(where: { $0.policy == stem }) else {
        held.append(
          TenantPolicies.Held(policy: name, TenantPolicies.Held.pinned("the tenant's list has changed", stem)))
        continue
      }
      if isOther(name, than: revision) {
        let why =
          slots[stem]?.seen?.path == nil
          ? TenantPolicies.Held.shipped(stem, in: catalog) : TenantPolicies.Held.pinned("the file has changed", stem)
        held.append(TenantPolicies.Held(policy: name, why))
      } else if areParametersNew {
        let why = TenantPolicies.Held.pinned("the tenant's parameters have changed", stem)
        held.append(TenantPolicies.Held(policy: name, why))
      }
    }
    let listed = tenant.policies.map(TenantPolicyState.stem)
    for revision in live where !listed.contains(revision.policy) {
      let why = TenantPolicies.Held.pinned("the tenant's list has changed", listed.joined(separator: ", "))
      held.append(TenantPolicies.Held(policy: revision.policy, why))
    }
    return held
  }

  /// Whether the file of a policy has a source other than the one in use; false for a missing file.
  private func isOther(_ name: String, than revision: PolicyRevision) -> Bool {
    let stem = TenantPolicyState.stem(name)
    guard let entry = try? catalog.find(named: name) else {
      slots[stem]?.seen = nil
      return false
    }
    if entry != slots[stem]?.seen {
      slots[stem]?.seen = entry
      slots[stem]?.held = entry.source == Array(revision.source.utf8) ? nil : TenantPolicies.Held.untilEdited
    }
    return slots[stem]?.held != nil
  }
}

extension TenantPolicies.Held {
  static let untilEdited: Why = (
    "the file differs from the live revision and is ignored until it is edited", .heldUntilEdited
  )

  static func shipped(_ name: String, in catalog: PolicyCatalog) -> Why {
    let place = catalog.rules.map { "no file \(name).lua in \($0)" } ?? "no rules folder"
    let text =
      "\(place), and the shipped '\(name)' of this version differs from the live revision: "
      + "`usher policy activate --policy \(name)` activates it"
    return (text, .heldShipped)
  }

  /// The hold that the next cycle will report for a live revision of a shipped policy; nil if it will report none.
  ///
  /// `name`: as in the tenant's list. Nil also if the live revision came from a file of this name, which may be in
  /// another rules folder. Reads the policy's file, if there is one.
  package static func awaited(
    of name: String, beside known: KnownPolicies, in catalog: PolicyCatalog
  ) -> TenantPolicies.Held? {
    let stem = TenantPolicyState.stem(name)
    let isFromFile = (known.liveChange?.origin ?? "").split(separator: ", ").contains { origin in
      origin.hasSuffix("/\(stem).lua") || origin == "\(stem).lua"
    }
    guard !isFromFile, let live = known.generation?.lineup.live.first(where: { $0.policy == stem }),
      !live.source.isEmpty, let found = try? catalog.find(named: name), found.path == nil,
      !found.source.elementsEqual(live.source.utf8)
    else { return nil }
    return TenantPolicies.Held(policy: name, shipped(stem, in: catalog))
  }

  static func noLongerPasses(_ fault: Fault) -> Why {
    let place = fault.line.map { "line \($0): " } ?? ""
    return (
      "the file is live and stays live, but it no longer passes: \(place)\(fault.message)", .heldNoLongerPasses
    )
  }

  static func pinned(_ what: String, _ name: String) -> Why {
    ("\(what), and the process is pinned: `usher policy activate --policy \(name)` activates it", .heldPinned)
  }
}

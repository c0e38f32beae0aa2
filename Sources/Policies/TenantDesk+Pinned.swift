import Routing

extension TenantDesk {
  /// What is on record, whatever the files say. A file that says something else is held.
  func pinned(
    _ generation: PolicyGeneration, _ guards: GuardShelf.Standing, of tenant: Tenant
  ) -> PolicyBoard.Standing {
    let live = generation.lineup.live.map { revision in
      var seat = seats[revision.policy] ?? Seat()
      settle(&seat)
      seats[revision.policy] = seat
      return seat.policy ?? CompiledPolicy.orBroken(revision)
    }
    return PolicyBoard.Standing(
      lineup: CompiledLineup(live: live, canary: trials.canary, shadow: trials.shadow, guards: guards.guards),
      refusals: guards.refusals, held: held(beside: generation, of: tenant) + guards.held, taken: guards.taken,
      proposal: proposal(live, guards, parameters: generation.parameters, origins: [], texts: []))
  }

  /// What an unpinned process would take: edited files, and the tenant's list and parameters.
  private func held(beside generation: PolicyGeneration, of tenant: Tenant) -> [PolicyBoard.Held] {
    let live = generation.lineup.live
    let areParametersNew = generation.parameters.map { $0 != tenant.parameters } ?? false
    var held: [PolicyBoard.Held] = []
    for name in tenant.policies {
      let stem = TenantDesk.stem(name)
      guard let revision = live.first(where: { $0.policy == stem }) else {
        held.append(
          PolicyBoard.Held(policy: name, reason: PolicyBoard.Held.pinned("the tenant's list was changed", stem)))
        continue
      }
      if isOther(name, than: revision) {
        held.append(
          PolicyBoard.Held(policy: name, reason: PolicyBoard.Held.pinned("the file holds another text", stem)))
      } else if areParametersNew {
        let reason = PolicyBoard.Held.pinned("the tenant's parameters were changed", stem)
        held.append(PolicyBoard.Held(policy: name, reason: reason))
      }
    }
    let listed = tenant.policies.map(TenantDesk.stem)
    for revision in live where !listed.contains(revision.policy) {
      let reason = PolicyBoard.Held.pinned("the tenant's list was changed", listed.joined(separator: ", "))
      held.append(PolicyBoard.Held(policy: revision.policy, reason: reason))
    }
    return held
  }

  /// Whether the file of a policy holds another text than what decides. One that is not there holds none.
  private func isOther(_ name: String, than revision: PolicyRevision) -> Bool {
    let stem = TenantDesk.stem(name)
    guard let entry = try? catalog.find(named: name) else {
      seats[stem]?.seen = nil
      return false
    }
    if entry != seats[stem]?.seen {
      seats[stem]?.seen = entry
      seats[stem]?.held = entry.source == Array(revision.source.utf8) ? nil : PolicyBoard.Held.untilEdited
    }
    return seats[stem]?.held != nil
  }
}

extension PolicyBoard.Held {
  static let untilEdited = "the file holds another text, which is not taken until it is edited"

  static func shipped(_ name: String, in catalog: PolicyCatalog) -> String {
    let place = catalog.rules.map { "there is no file \(name).lua in \($0)" } ?? "there is no rules folder"
    return "\(place), and the shipped '\(name)' is another text than the one that decides; "
      + "`usher policy activate --policy \(name)` makes the shipped one decide"
  }

  static func pinned(_ what: String, _ name: String) -> String {
    "\(what), and the process is pinned: `usher policy activate --policy \(name)` makes it decide"
  }
}

import Policies
import Routing

/// Operator commands on the policies of an instance.
extension TestInstance {
  /// A policy revision from a source.
  package static func revision(
    _ name: String, _ source: String, parameters: [Parameter] = []
  ) throws -> PolicyRevision {
    try CompiledPolicy(file: name, source: Array(source.utf8), parameters: parameters).revision
  }

  private static func revision(of setting: GuardSetting) throws -> PolicyRevision {
    let entry = try PolicyCatalog(rules: nil).guardEntry(named: setting.name)
    return try CompiledPolicy(
      file: entry.name, source: entry.source, parameters: setting.parameters, kind: .guard
    ).revision
  }

  /// Begins a generation of a tenant's policies, as a command would. Returns its number.
  @discardableResult
  package func change(
    _ action: PolicyChange.Action, of tenant: String = "acme", by actor: String = "ann", reason: String? = nil,
    rolledBack: [PolicyRevision] = [], _ edit: (inout PolicyLineup) throws -> Void
  ) throws -> Int64 {
    let (found, current) = try store.read { snapshot in
      let found = try snapshot.tenants().first { $0.id.text == tenant }!
      return (found, try snapshot.generation(of: found.key))
    }
    // Includes the guards above all policies; otherwise the next cycle would begin a generation to add them.
    var lineup = try current?.lineup ?? PolicyLineup(live: [], guards: found.guards.map(TestInstance.revision(of:)))
    try edit(&lineup)
    let change = PolicyChange(at: clock.now(), actor: actor, action: action, reason: reason, origin: "test")
    let draft = GenerationDraft(
      lineup: lineup, parameters: found.parameters, change: change, rolledBack: rolledBack.map(PolicyText.init(of:)))
    return try store.apply([PolicyChangeRequest(tenant: found, last: current?.number ?? 0, draft: draft)])[0]
  }

  /// Starts a canary: gives a policy a share of a tenant's contacts, in percent.
  @discardableResult
  package func canary(
    _ revision: PolicyRevision, percent: Int, of tenant: String = "acme", rollbackLimits: RollbackLimits = .standard
  ) throws -> Int64 {
    try change(.canary, of: tenant) { lineup in
      let share =
        try lineup.canary?.share.widened(to: percent * 10_000) ?? newShare(percent: percent, of: tenant)
      lineup.canary = PolicyTrial(share: share, revisions: [revision], parameters: [], rollbackLimits: rollbackLimits)
    }
  }

  /// The share of a trial that begins with the tenant's next generation.
  package func newShare(percent: Int, of tenant: String = "acme") throws -> ContactShare {
    .beginning(after: try generation(of: tenant).number, partsPerMillion: percent * 10_000)
  }

  /// Starts a shadow: a policy that is evaluated alongside the live ones.
  @discardableResult
  package func shadow(_ revision: PolicyRevision, percent: Int = 100, of tenant: String = "acme") throws -> Int64 {
    try change(.shadow, of: tenant) { lineup in
      lineup.shadow = PolicyTrial(
        share: try newShare(percent: percent, of: tenant), revisions: [revision], parameters: [])
    }
  }

  /// The tenant's last generation.
  package func generation(of tenant: String = "acme") throws -> PolicyGeneration {
    try store.read { snapshot in
      try snapshot.generation(of: try snapshot.tenants().first { $0.id.text == tenant }!.key)!
    }
  }

  package func tallies(of tenant: String = "acme", in generation: Int64) throws -> CanaryTallies {
    try store.read { snapshot in
      try snapshot.canaryTallies(of: try snapshot.tenants().first { $0.id.text == tenant }!.key, in: generation)
    }
  }
}

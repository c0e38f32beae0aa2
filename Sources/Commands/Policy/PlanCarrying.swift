import DryRun
import Operations
import Policies
import PolicyTesting
import Representations
import Routing
import Wire

/// Carries out a plan: sets the policies and parameters of the tenants that were tried, and puts files from outside into
/// the rules folder. Refuses, and says what moved on, when what it was made on does not stand any more.
struct PlanCarrying {
  let plan: String
  let dataMayDiffer: Bool
  let tenants: TenantsOptions
  let who: OperatorOptions

  func run(store options: StoreOptions, rules: RulesOptions, format: ListingFormat) throws {
    let file = try options.file()
    let plan = try PlanFile.read(self.plan)
    let tried = Set(plan.basis.tenants.map(\.tenant.id))
    if let stranger = plan.changes.first(where: { !tried.contains($0.tenant) }) {
      throw Problem(
        .tenantNotFound,
        "\(self.plan) is no plan of usher: it changes tenant '\(stranger.tenant)', which was not part of the dry run")
    }
    let store = try options.openToWrite(as: who.actor)
    let files = PlannedFiles(plan, catalog: try rules.catalog(store: file), store: file)
    let now = SystemClock().now()
    let assignments = files.problems.isEmpty ? try accept(plan, files, at: now) : []
    var before: [TenantID: [String]] = [:]
    do {
      try store.assignPolicies(
        assignments, basisOf: plan.tenant, marking: plan.basis.mark?.number ?? 0, reason: reason(plan),
        actor: who.actor, at: now
      ) { standing in
        let found =
          plan.differences(from: Plan.digested(standing), dataMayDiffer: dataMayDiffer) + files.problems
          + files.obstacles(standing)
        guard found.isEmpty else {
          throw Problem(
            .stalePlan,
            "the plan of \(plan.savedAt.rfc3339) does not hold any more; nothing was changed:\n"
              + found.map { "  \($0)\n" }.joined() + "try it again with `usher dry-run`")
        }
        try tenants.expectConsent(toChange: plan.changes.map(\.tenant), reason: who.reason)
        for tenant in standing.tenants { before[tenant.tenant.id] = tenant.tenant.policies }
        try files.put()
      }
    } catch {
      files.undo()
      throw error
    }
    for path in files.paths { Talk.say("wrote \(path)") }
    Talk.put(listing(plan, before: before), format)
  }

  /// Each policy as a daemon would take it, with each tenant's parameters.
  private func accept(_ plan: Plan, _ files: PlannedFiles, at now: Instant) throws -> [PolicyAssignment] {
    // Tenants mostly have the same list and no parameters of their own.
    var accepted: [(change: Plan.Change, revisions: [PolicyRevision])] = []
    return try plan.changes.map { change in
      let known = accepted.first { $0.change.policies == change.policies && $0.change.parameters == change.parameters }
      let revisions = try known?.revisions ?? self.revisions(of: change, files)
      if known == nil { accepted.append((change, revisions)) }
      return PolicyAssignment(
        tenant: change.tenant, policies: change.policies, parameters: change.parameters,
        draft: GenerationDraft(
          lineup: PolicyLineup(live: revisions), parameters: change.parameters,
          change: PolicyChange(at: now, actor: who.actor.name, action: .plan, reason: reason(plan), origin: self.plan),
          texts: revisions.map(PolicyText.init(of:))))
    }
  }

  private func revisions(of change: Plan.Change, _ files: PlannedFiles) throws -> [PolicyRevision] {
    try change.policies.map { name in
      guard let entry = files.entries[name] else {
        throw Problem(.noLivePolicy, "\(self.plan) is no plan of usher: it names no policy '\(name)'")
      }
      do throws(Fault) {
        return try StandardAcceptance().accept(entry, parameters: change.parameters).revision
      } catch {
        throw Problem(.stalePlan, "policy \(name) does not pass for tenant '\(change.tenant)': \(error.text)")
      }
    }
  }

  private func reason(_ plan: Plan) -> String {
    who.reason
      ?? "plan of \(plan.savedAt.rfc3339): \(plan.summary.changed) of \(plan.summary.contacts) contacts change"
  }

  private func listing(_ plan: Plan, before: [TenantID: [String]]) -> Listing {
    var listing = Listing(["tenant", "policies", "policies_before", "params"])
    for change in plan.changes {
      listing.add([
        .string(change.tenant.text), .array(change.policies.map { .string($0) }),
        .array((before[change.tenant] ?? []).map { .string($0) }), PlanFile.parameters(change.parameters),
      ])
    }
    return listing
  }
}

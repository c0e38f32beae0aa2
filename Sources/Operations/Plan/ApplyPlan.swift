import DryRun
import Policies
import PolicyTesting
import Routing

/// Applies a plan: sets the policies and parameters of the tenants in the plan, and copies files from outside into the rules
/// folder.
package struct ApplyPlan {
  /// A tenant's policies before and after.
  package struct Change: Equatable, Sendable {
    /// Whose policies these are.
    package let tenant: TenantID
    /// The new list, in order of evaluation.
    package let policies: [String]
    /// The list that the plan replaced.
    package let policiesBefore: [String]
    /// The tenant's own parameters after the change.
    package let parameters: [Parameter]

    /// Takes the lists as they are.
    package init(tenant: TenantID, policies: [String], policiesBefore: [String], parameters: [Parameter]) {
      (self.tenant, self.policies) = (tenant, policies)
      (self.policiesBefore, self.parameters) = (policiesBefore, parameters)
    }
  }

  /// The result of applying a plan.
  package struct Result: Equatable, Sendable {
    /// In the order of the plan.
    package let changes: [Change]
    /// Paths of the files that were written to the rules folder.
    package let filesWritten: [String]

    /// `filesWritten`: paths; empty if every policy is in the rules folder already.
    package init(changes: [Change], filesWritten: [String]) {
      (self.changes, self.filesWritten) = (changes, filesWritten)
    }
  }

  private let plan: Plan
  private let title: String
  private let dataMayDiffer: Bool
  private let scope: TenantScope

  /// `title`: the plan's name, for the record and in errors. `dataMayDiffer`: applies it although decisions were made, contacts
  /// enrolled or messages sent since. `scope` states consent; the plan itself determines which tenants change.
  package init(_ plan: Plan, title: String, dataMayDiffer: Bool = false, scope: TenantScope) {
    (self.plan, self.title, self.dataMayDiffer, self.scope) = (plan, title, dataMayDiffer, scope)
  }

  /// Changes all tenants of the plan or none; after an error the rules folder is as it was.
  ///
  /// Throws `stalePlan`, with a line for each difference, if the plan is out of date, `invalidPolicy` for a
  /// policy that does not pass, `unwritableFile`, and the errors of consent. Costs a run of the cases of each policy.
  package func run(on store: any Store, catalog: PolicyCatalog, by note: OperatorNote) throws -> Result {
    let files = PlannedFiles(plan, catalog: catalog, store: store.path)
    let reason = note.reason ?? usualReason
    let assignments = files.problems.isEmpty ? try assignments(files, reason, note, in: store) : []
    var before: [TenantID: [String]] = [:]
    do {
      try store.assignPolicies(
        assignments, basisOf: plan.tenant, marking: plan.basis.mark?.number ?? 0, reason: reason, actor: note.actor,
        at: note.at
      ) { basis in
        try expectCurrent(basis, files)
        try scope.expectConsent(toChange: plan.changes.map(\.tenant), reason: note.reason)
        for tenant in basis.tenants { before[tenant.tenant.id] = tenant.tenant.policies }
        try files.put()
      }
    } catch {
      files.undo()
      throw error
    }
    let changes = plan.changes.map { change in
      Change(
        tenant: change.tenant, policies: change.policies, policiesBefore: before[change.tenant] ?? [],
        parameters: change.parameters)
    }
    return Result(changes: changes, filesWritten: files.paths)
  }

  private func expectCurrent(_ basis: PlanBasis, _ files: PlannedFiles) throws {
    let found =
      plan.differences(from: Plan.digested(basis), dataMayDiffer: dataMayDiffer) + files.problems
      + files.obstacles(basis)
    guard !found.isEmpty else { return }
    throw Problem(
      .stalePlan,
      "the plan of \(plan.savedAt.rfc3339) is out of date; nothing was changed:\n"
        + found.map { "  \($0)\n" }.joined() + "make a new one with `usher dry-run --save`")
  }

  /// Each policy as a cycle would accept it, with each tenant's parameters.
  private func assignments(
    _ files: PlannedFiles, _ reason: String, _ note: OperatorNote, in store: any Store
  ) throws -> [PolicyAssignment] {
    // Most tenants have the same list and no parameters of their own.
    var accepted: [(change: Plan.Change, revisions: [PolicyRevision])] = []
    return try plan.changes.map { change in
      let known = accepted.first { $0.change.policies == change.policies && $0.change.parameters == change.parameters }
      let revisions = try known?.revisions ?? self.revisions(of: change, files).map(store.named)
      if known == nil { accepted.append((change, revisions)) }
      return PolicyAssignment(
        tenant: change.tenant, policies: change.policies, parameters: change.parameters,
        draft: GenerationDraft(
          lineup: PolicyLineup(live: revisions), parameters: change.parameters,
          change: PolicyChange(at: note.at, actor: note.actor.name, action: .plan, reason: reason, origin: title),
          texts: revisions.map(PolicyText.init(of:))))
    }
  }

  private func revisions(of change: Plan.Change, _ files: PlannedFiles) throws -> [PolicyRevision] {
    try change.policies.map { name in
      guard let entry = files.entries[name] else {
        throw Problem(.stalePlan, "\(title) is not an usher plan: it contains no policy '\(name)'")
      }
      do throws(Fault) {
        return try StandardAcceptance().accept(entry, parameters: change.parameters).revision
      } catch {
        throw Problem(.invalidPolicy, "policy \(name) does not pass for tenant '\(change.tenant)': \(error.text)")
      }
    }
  }

  private var usualReason: String {
    "plan of \(plan.savedAt.rfc3339): \(plan.summary.changed) of \(plan.summary.contacts) contacts change"
  }
}

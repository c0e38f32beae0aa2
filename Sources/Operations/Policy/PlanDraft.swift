import DryRun
import Policies
import Routing

/// What a dry run learns of its policies on its way, for the plan that is made of it.
package struct PlanDraft {
  private let catalog: PolicyCatalog
  private var sources: [Plan.Source] = []
  private var changes: [Plan.Change] = []
  private var against: [PlanBasis.Named] = []

  /// `catalog`: the rules folder, whose files the plan may replace.
  package init(catalog: PolicyCatalog) { self.catalog = catalog }

  /// Notes the policies that decide for a tenant now.
  package mutating func note(active policies: [CompiledPolicy]) {
    for policy in policies {
      let digest = Digest.sha256(Array(policy.revision.source.utf8))
      let named = PlanBasis.Named(policy.file, digest)
      if !against.contains(named) { against.append(named) }
    }
  }

  /// Notes what a tenant would be decided by, with the files that this would replace. Throws what `candidate` throws.
  package mutating func note(_ candidate: PolicyArgument, for tenant: Tenant) throws {
    let entries = try candidate.entries(for: tenant)
    changes.append(
      Plan.Change(
        tenant: tenant.id, policies: entries.map(\.name), parameters: try candidate.parameters(for: tenant)))
    for entry in entries where !sources.contains(where: { $0.name == entry.name }) {
      let isForeign = entry.path.map { !RulesFolder.holds($0, as: entry.name, in: catalog) } ?? false
      sources.append(
        Plan.Source(
          name: entry.name, path: entry.path.map(RulesFolder.absolute), digest: Digest.sha256(entry.source),
          cases: entry.cases.map(Digest.sha256),
          replaced: isForeign
            ? RulesFolder.entry(entry.name, in: catalog).map {
              Plan.Replaced(digest: Digest.sha256($0.source), cases: $0.cases.map(Digest.sha256))
            } : nil))
    }
  }

  /// The plan of all that was noted. `basis`: the store as the dry run read it.
  package func plan(
    of report: DryRunReport, basis: PlanBasis, tenant: TenantID?, savedAt: Instant
  ) -> Plan {
    Plan(
      savedAt: savedAt, decidedAt: report.now, tenant: tenant, sources: sources, changes: changes, against: against,
      basis: Plan.digested(basis),
      summary: Plan.Summary(
        contacts: report.contacts, same: report.same, changed: report.changed, moved: report.moved))
  }
}

import DryRun
import Policies
import Routing

/// Collects the policies of a dry run, to build a plan from them.
package struct PlanDraft {
  private let catalog: PolicyCatalog
  private var sources: [Plan.Source] = []
  private var changes: [Plan.Change] = []
  private var against: [PlanBasis.Named] = []

  /// `catalog`: the rules folder, whose files the plan may replace.
  package init(catalog: PolicyCatalog) { self.catalog = catalog }

  /// Records the live policies of a tenant.
  package mutating func note(active policies: [CompiledPolicy]) {
    for policy in policies {
      let digest = Digest.sha256(Array(policy.revision.source.utf8))
      let named = PlanBasis.Named(policy.file, digest)
      if !against.contains(named) { against.append(named) }
    }
  }

  /// Records the policies that the plan assigns to a tenant, and the files that they replace. Throws the errors of
  /// `candidate`.
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

  /// Builds the plan from everything recorded so far. `basis`: the state of the store that the dry run read.
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

import Policies
import Routing
import Sequencing

/// What a policy would decide for the contacts that are due, beside what is decided now. Reads one snapshot, writes
/// nothing; the loads follow each side's own decisions, as in a live cycle.
package struct DryRun {
  package struct Options: Sendable {
    package var tenant: TenantID?
    package var now: Instant
    /// The most contacts that are looked at, over all tenants.
    package var limit: Int

    package init(tenant: TenantID? = nil, now: Instant, limit: Int = .max) {
      (self.tenant, self.now, self.limit) = (tenant, now, limit)
    }
  }

  /// The policies that decide on one side of the comparison.
  package typealias Policies = (Tenant) throws -> [CompiledPolicy]

  private let options: Options
  private let against: Policies
  private let candidate: Policies

  package init(options: Options, against: @escaping Policies, candidate: @escaping Policies) {
    (self.options, self.against, self.candidate) = (options, against, candidate)
  }

  /// Throws `UnknownTenant` when the store has none of the name asked for.
  package func run(
    on snapshot: any StoreSnapshot, progress: (Int) -> Void = { _ in }
  ) throws -> DryRunReport {
    let tenants = try snapshot.tenants().filter { options.tenant == nil || $0.id == options.tenant }
    if tenants.isEmpty, let wanted = options.tenant { throw UnknownTenant(id: wanted) }
    var report = DryRunReport(now: options.now)
    for tenant in tenants where report.contacts < options.limit {
      let fleet = try snapshot.fleet(of: tenant, at: options.now)
      let (before, after) = (try against(tenant), try candidate(tenant))
      let (live, trial) = (Evaluator(policies: before, fleet: fleet), Evaluator(policies: after, fleet: fleet))
      try snapshot.visitDue(tenant: tenant.key, limit: options.limit - report.contacts, at: options.now) { due in
        guard !due.isOptedOut else { return }
        let template = ContentTemplate(due.content)
        let now = StepDecision.decide(due, with: live, policies: before, template: template)
        let then = StepDecision.decide(due, with: trial, policies: after, template: template)
        report.add(tenant: tenant, contact: due.contact, before: side(now, live), after: side(then, trial))
        if report.contacts % 1000 == 0 { progress(report.contacts) }
      }
      report.add(tenant: tenant, fleet: fleet, live: live.fleet, trial: trial.fleet)
    }
    return report
  }

  private func side(_ commit: StepCommit, _ evaluator: Evaluator) -> DryRunReport.Side {
    switch commit {
    case .queue(let decision, _, _, _), .wait(let decision, _), .skip(let decision):
      DryRunReport.Side(
        outcome: decision.outcome,
        device: decision.resolution.device.map { evaluator.fleet.members[$0].device.id },
        reason: decision.reason, isFault: decision.fault != nil)
    case .cancel(let reason):
      DryRunReport.Side(outcome: .skip, device: nil, reason: reason, isFault: false)
    }
  }

  package struct UnknownTenant: Error, CustomStringConvertible {
    let id: TenantID
    package var description: String { "there is no tenant '\(id)' in the store" }
  }
}

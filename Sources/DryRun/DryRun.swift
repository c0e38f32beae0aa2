import Policies
import Routing
import Sequencing

/// What a policy would decide for the contacts that are due, beside what is decided now. Reads one snapshot, writes
/// nothing; the loads follow each side's own decisions, as in a live cycle.
package struct DryRun {
  /// What a dry run looks at, and what it keeps.
  package struct Options: Sendable {
    /// Nil runs over all tenants.
    package var tenant: TenantID?
    /// What is due is due as of this moment.
    package var now: Instant
    /// The most contacts that are looked at, over all tenants.
    package var limit: Int
    /// Which contacts the report keeps one by one.
    package var listed: DryRunReport.Listed
    /// One contact of which the report keeps everything. All before it are decided too: the loads depend on them.
    package var contact: ContactID?

    /// All contacts that are due, unless told otherwise.
    package init(
      tenant: TenantID? = nil, now: Instant, limit: Int = .max, listed: DryRunReport.Listed = .changed,
      contact: ContactID? = nil
    ) {
      (self.tenant, self.now, self.limit, self.listed, self.contact) = (tenant, now, limit, listed, contact)
    }
  }

  /// The policies that decide on one side of the comparison.
  package typealias Policies = (Tenant) throws -> [CompiledPolicy]

  private let options: Options
  private let against: (Tenant) throws -> CompiledLineup
  private let candidate: Policies

  /// `against` are the policies that decide for a tenant now, a canary's share with the others.
  package init(
    options: Options, against: @escaping (Tenant) throws -> CompiledLineup, candidate: @escaping Policies
  ) {
    (self.options, self.against, self.candidate) = (options, against, candidate)
  }

  /// `against` decide for every contact.
  package init(options: Options, against: @escaping Policies, candidate: @escaping Policies) {
    self.init(options: options, against: { CompiledLineup(live: try against($0)) }, candidate: candidate)
  }

  /// Throws `UnknownTenant` when the store has none of the name asked for. `progress` is told of every thousandth contact.
  /// Holds one tenant's fleet and interpreters at a time, twice, and of contacts what the report keeps.
  package func run(
    on snapshot: any StoreSnapshot, progress: (Int) -> Void = { _ in }
  ) throws -> DryRunReport {
    let tenants = try snapshot.tenants().filter { options.tenant == nil || $0.id == options.tenant }
    if tenants.isEmpty, let wanted = options.tenant { throw UnknownTenant(id: wanted) }
    var report = DryRunReport(now: options.now, listed: options.listed)
    var templates = ContentTemplates()
    for tenant in tenants where report.contacts < options.limit {
      let fleet = try snapshot.fleet(of: tenant, at: options.now)
      var sides = Sides(fleet: fleet, before: try against(tenant), after: try candidate(tenant))
      try snapshot.visitDue(tenant: tenant.key, limit: options.limit - report.contacts, at: options.now) { due in
        guard !due.isOptedOut else { return }
        let decisions = sides.decide(due, template: templates.template(for: due.content))
        let (before, after) = (sides.side(decisions.before), sides.side(decisions.after))
        report.add(tenant: tenant, contact: due.contact, before: before, after: after)
        if due.contact.id == options.contact {
          report.add(
            DryRunReport.Detail(
              tenant: tenant.id, contact: due.contact, before: decisions.before, beforeDevice: before.device,
              after: decisions.after, afterDevice: after.device))
        }
        if report.contacts % 1000 == 0 { progress(report.contacts) }
      }
      report.add(tenant: tenant, fleet: fleet, live: sides.live.fleet, candidate: sides.candidate.fleet)
    }
    return report
  }

  /// One tenant's two evaluators, each with loads of its own.
  private struct Sides {
    let live: LineupEvaluator
    let candidate: LineupEvaluator
    private var (liveLeads, candidateLeads) = (LeadTally(), LeadTally())

    init(fleet: Fleet, before: CompiledLineup, after: [CompiledPolicy]) {
      live = LineupEvaluator(before.withoutShadow, fleet: fleet)
      // The operator's guards stand above whoever chooses.
      candidate = LineupEvaluator(CompiledLineup(live: after, guards: before.guards), fleet: fleet)
    }

    mutating func decide(_ due: DueStep, template: ContentTemplate) -> (before: Decision, after: Decision) {
      let now = StepDecision.decide(liveLeads.current(due), with: live, template: template)
      let then = StepDecision.decide(candidateLeads.current(due), with: candidate, template: template)
      liveLeads.note(now, of: due)
      candidateLeads.note(then, of: due)
      guard let now = now.decision, let then = then.decision else {
        preconditionFailure("who has not opted out is decided")
      }
      return (now, then)
    }

    /// Both sides have the same devices in the same places.
    func side(_ decision: Decision) -> DryRunReport.Side {
      DryRunReport.Side(
        outcome: decision.outcome, device: decision.resolution.device.map { live.fleet.members[$0].device.id },
        reason: decision.reason, isFault: decision.fault != nil)
    }
  }

  /// The store has no tenant of this id.
  package struct UnknownTenant: UsherError {
    let id: TenantID
    package var code: ErrorCode { .tenantNotFound }
    package var message: String { "there is no tenant '\(id)' in the store" }
  }
}

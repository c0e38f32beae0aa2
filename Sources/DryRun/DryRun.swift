import Policies
import Routing
import Sequencing

/// Compares what a candidate policy would decide for the due contacts with what the live policies decide. Reads one
/// snapshot and writes nothing. Each side's loads follow its own decisions, as in a live cycle.
package struct DryRun {
  /// What a dry run covers and what its report keeps.
  package struct Options: Sendable {
    /// Nil for all tenants.
    package var tenant: TenantID?
    /// The time of the run: contacts due by then are decided.
    package var now: Instant
    /// The maximum number of contacts decided, over all tenants.
    package var limit: Int
    /// Which contacts the report lists.
    package var listed: DryRunReport.Listed
    /// One contact for which the report keeps all details. The contacts before it are decided too, because the loads
    /// depend on them.
    package var contact: ContactID?

    /// All due contacts by default.
    package init(
      tenant: TenantID? = nil, now: Instant, limit: Int = .max, listed: DryRunReport.Listed = .changed,
      contact: ContactID? = nil
    ) {
      (self.tenant, self.now, self.limit, self.listed, self.contact) = (tenant, now, limit, listed, contact)
    }
  }

  /// The policies of one side for a tenant.
  package typealias Policies = (Tenant) throws -> [CompiledPolicy]

  private let options: Options
  private let against: (Tenant) throws -> CompiledLineup
  private let candidate: Policies

  /// `against` returns the policies in use for a tenant; a canary decides for its share.
  package init(
    options: Options, against: @escaping (Tenant) throws -> CompiledLineup, candidate: @escaping Policies
  ) {
    (self.options, self.against, self.candidate) = (options, against, candidate)
  }

  /// For policies that decide for every contact of the tenant.
  package init(options: Options, against: @escaping Policies, candidate: @escaping Policies) {
    self.init(options: options, against: { CompiledLineup(live: try against($0)) }, candidate: candidate)
  }

  /// Throws `UnknownTenant` if the store does not contain the requested tenant. Calls `progress` every 1000 contacts.
  /// Holds the fleet and interpreters of one tenant at a time, once per side, and the contacts that the report keeps.
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

  /// The evaluators of one tenant's two sides, each with its own loads.
  private struct Sides {
    let live: LineupEvaluator
    let candidate: LineupEvaluator
    private var (liveLeads, candidateLeads) = (LeadTally(), LeadTally())

    init(fleet: Fleet, before: CompiledLineup, after: [CompiledPolicy]) {
      live = LineupEvaluator(before.withoutShadow, fleet: fleet)
      // The operator's guards apply to both sides.
      candidate = LineupEvaluator(CompiledLineup(live: after, guards: before.guards), fleet: fleet)
    }

    mutating func decide(_ due: DueStep, template: ContentTemplate) -> (before: Decision, after: Decision) {
      let now = StepDecision.decide(liveLeads.current(due), with: live, template: template)
      let then = StepDecision.decide(candidateLeads.current(due), with: candidate, template: template)
      liveLeads.note(now, of: due)
      candidateLeads.note(then, of: due)
      guard let now = now.decision, let then = then.decision else {
        preconditionFailure("a step of a lead that did not opt out is always decided")
      }
      return (now, then)
    }

    /// Uses the live fleet for both sides: their devices have the same indices.
    func side(_ decision: Decision) -> DryRunReport.Side {
      DryRunReport.Side(
        outcome: decision.outcome, device: decision.resolution.device.map { live.fleet.members[$0].device.id },
        reason: decision.reason, waitlist: decision.waitlist, code: decision.code, isFault: decision.fault != nil)
    }
  }

  /// The store does not contain the tenant.
  package struct UnknownTenant: UsherError {
    let id: TenantID
    package var code: ErrorCode { .tenantNotFound }
    package var message: String { "there is no tenant '\(id)' in the store" }
  }
}

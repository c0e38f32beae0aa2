import Policies
import Routing
import Sequencing

/// Compares what a candidate policy would decide for the due and waiting contacts with what the live policies decide. Reads
/// one snapshot and writes nothing.
///
/// Each side decides in the order of the cycle after an activation, which ends every wait, and its loads follow its own
/// decisions. So contacts can have different turns on the two sides.
package struct DryRun {
  /// What a dry run covers and what its report keeps.
  package struct Options: Sendable {
    /// Nil for all tenants.
    package var tenant: TenantID?
    /// The time of the run: contacts that wait, and those due by then, are decided.
    package var now: Instant
    /// The maximum number of contacts decided, over all tenants: waiting ones first, longest due first.
    package var limit: Int
    /// Which contacts the report lists.
    package var listed: DryRunReport.Listed
    /// One contact for which the report keeps all details. The contacts before it are decided too, because the loads
    /// depend on them.
    package var contact: ContactID?

    /// All due and waiting contacts by default.
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
  /// Holds the turns, one side's interpreters and the live side's answers of one tenant at a time, and the contacts that the
  /// report keeps. Reads each contact twice.
  package func run(
    on snapshot: any StoreSnapshot, progress: (Int) -> Void = { _ in }
  ) throws -> DryRunReport {
    let tenants = try snapshot.tenants().filter { options.tenant == nil || $0.id == options.tenant }
    if tenants.isEmpty, let wanted = options.tenant { throw UnknownTenant(id: wanted) }
    var report = DryRunReport(now: options.now, listed: options.listed)
    for tenant in tenants where report.contacts < options.limit {
      let fleet = try snapshot.fleet(of: tenant, at: options.now)
      let turns = DecisionTurns(
        try snapshot.turns(of: tenant.key, limit: options.limit - report.contacts, at: options.now),
        lists: try snapshot.waitlists(of: tenant.key), at: options.now)
      let before = try against(tenant)
      let live = Side(LineupEvaluator(before.withoutShadow, fleet: fleet), turns)
      var answers: [EnrolmentKey: DryRunReport.Side] = [:]
      var wanted: Decision?
      try live.run(on: snapshot) { due, decision in
        answers[due.contact.key] = live.answer(decision)
        if due.contact.id == options.contact { wanted = decision }
      }
      // The operator's guards apply to both sides.
      let lineup = CompiledLineup(live: try candidate(tenant), guards: before.guards)
      let other = Side(LineupEvaluator(lineup, fleet: fleet), turns)
      try other.run(on: snapshot) { due, decision in
        guard let first = answers[due.contact.key] else { return }
        let second = other.answer(decision)
        report.add(tenant: tenant, contact: due.contact, before: first, after: second)
        if due.contact.id == options.contact, let wanted {
          report.add(
            DryRunReport.Detail(
              tenant: tenant.id, contact: due.contact, before: wanted, beforeDevice: first.device, after: decision,
              afterDevice: second.device))
        }
        if report.contacts % 1000 == 0 { progress(report.contacts) }
      }
      report.add(tenant: tenant, fleet: fleet, live: live.fleet, candidate: other.fleet)
    }
    return report
  }

  /// One side of a tenant's dry run, with its own loads.
  private final class Side {
    private let evaluator: LineupEvaluator
    private let turns: DecisionTurns
    private var leads = LeadTally()
    private var templates = ContentTemplates()
    /// Equal reasons share their memory.
    private var reasons: Set<String> = []

    init(_ evaluator: LineupEvaluator, _ turns: DecisionTurns) { (self.evaluator, self.turns) = (evaluator, turns) }

    /// With the reservations of its decisions.
    var fleet: Fleet { evaluator.fleet }

    /// Decides each contact whose lead did not opt out, in the side's order.
    func run(
      on snapshot: any StoreSnapshot, _ visit: (DueStep, Decision) -> Void
    ) throws {
      let start = fleet
      let read = try snapshot.stepReader(at: start.now)
      let decide = { [self] (key: EnrolmentKey) throws -> DeviceKey? in
        guard let due = try read(key), !due.isOptedOut else { return nil }
        let commit = StepDecision.decide(
          leads.current(due), with: evaluator, template: templates.template(for: due.content))
        leads.note(commit, of: due)
        guard let decision = commit.decision else {
          preconditionFailure("a step of a lead that did not opt out is always decided")
        }
        visit(due, decision)
        guard case .queue(_, let device, _, _) = commit else { return nil }
        return device
      }
      try turns.visit(start, capacity: { [evaluator] in evaluator.capacity($0, for: $1) }, decide: decide)
    }

    /// The decision as a report compares it.
    func answer(_ decision: Decision) -> DryRunReport.Side {
      DryRunReport.Side(
        outcome: decision.outcome, device: decision.resolution.device.map { fleet.members[$0].device.id },
        reason: reasons.insert(decision.reason).memberAfterInsert, waitlist: decision.waitlist, code: decision.code,
        isFault: decision.fault != nil)
    }
  }

  /// The store does not contain the tenant.
  package struct UnknownTenant: UsherError {
    let id: TenantID
    package var code: ErrorCode { .tenantNotFound }
    package var message: String { "there is no tenant '\(id)' in the store" }
  }
}

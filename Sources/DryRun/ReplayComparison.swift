import Policies
import Routing
import Sequencing

/// Decides recorded steps with another policy and compares the results with the recorded decisions. Reads one snapshot
/// and writes nothing.
///
/// Within a run each side follows its own reservations; every run begins with the recorded fleet.
package struct ReplayComparison {
  private let filter: RecordFilter
  private let limit: Int
  private let now: Instant
  private let candidate: DryRun.Policies

  /// `now` is the end of the compared period, for the report. `candidate` is called once for each tenant.
  package init(
    _ filter: RecordFilter, limit: Int = .max, now: Instant, candidate: @escaping DryRun.Policies
  ) {
    (self.filter, self.limit, self.now, self.candidate) = (filter, limit, now, candidate)
  }

  /// The loads of a device in the report are those of its tenant's last run.
  package func run(on snapshot: any StoreHistory, progress: (Int) -> Void = { _ in }) throws -> DryRunReport {
    try snapshot.expectTenant(filter.tenant)
    var report = DryRunReport(now: now)
    var side: ComparedRun?
    var templates = ContentTemplates()
    var guards: [String: CompiledPolicy] = [:]
    try snapshot.visitRecord(
      filter,
      run: { run in
        if let last = side, last.recorded.tenant.key != run.tenant.key { last.addLoads(to: &report) }
        let isSameTenant = side?.recorded.tenant.key == run.tenant.key
        let policies = try isSameTenant ? side!.policies : candidate(run.tenant)
        let inUse = run.lineup.guards.map { revision in
          let known = guards[revision.digest] ?? CompiledPolicy.onRecord(revision, kind: .guard)
          guards[revision.digest] = known
          return known
        }
        side = ComparedRun(run, policies: policies, guards: inUse)
      },
      decision: { decision in
        guard let side else { preconditionFailure("a decision belongs to a run") }
        side.decide(decision, template: templates.template(for: decision.content), into: &report)
        if report.contacts % 1000 == 0 { progress(report.contacts) }
        return report.contacts < limit
      })
    side?.addLoads(to: &report)
    return report
  }

  private final class ComparedRun {
    let recorded: RecordedRun
    let policies: [CompiledPolicy]
    private let evaluator: Evaluator
    /// The fleet with the recorded decisions reserved.
    private var live: Fleet

    init(_ run: RecordedRun, policies: [CompiledPolicy], guards: [CompiledPolicy]) {
      (recorded, self.policies, live) = (run, policies, run.fleet)
      evaluator = Evaluator(policies: policies, guards: guards, fleet: run.fleet)
    }

    func decide(_ decision: RecordedDecision, template: ContentTemplate, into report: inout DryRunReport) {
      let due = DueStep(contact: decision.contact, content: decision.content)
      let commit = StepDecision.decide(due, with: evaluator, template: template)
      guard let decided = commit.decision else { preconditionFailure("a due step is always decided") }
      if let position = decision.device.flatMap(live.position) { live.reserve(position) }
      report.add(
        tenant: recorded.tenant, contact: decision.contact,
        before: DryRunReport.Side(
          outcome: decision.outcome, device: decision.device, reason: decision.reason,
          waitlist: decision.waitlist, code: decision.code, isFault: decision.fault != nil),
        after: DryRunReport.Side(
          outcome: decided.outcome, device: decided.resolution.device.map { evaluator.fleet.members[$0].device.id },
          reason: decided.reason, waitlist: decided.waitlist, code: decided.code, isFault: decided.fault != nil))
    }

    func addLoads(to report: inout DryRunReport) {
      report.add(tenant: recorded.tenant, fleet: recorded.fleet, live: live, candidate: evaluator.fleet)
    }
  }
}

import Policies
import Routing
import Sequencing

/// Replays recorded decisions, each with its recorded inputs, and compares the results with the record.
///
/// Reads one snapshot and writes nothing. Holds the fleet of one run and the policies compiled so far.
package struct Replay {
  private let filter: RecordFilter
  private let limit: Int

  /// `limit` is the maximum number of decisions to replay.
  package init(_ filter: RecordFilter, limit: Int = .max) { (self.filter, self.limit) = (filter, limit) }

  /// Throws `UnknownTenant`, and `UnreadableRecord` if the record cannot be read.
  package func run(on snapshot: any StoreHistory, progress: (Int) -> Void = { _ in }) throws -> ReplayReport {
    try snapshot.expectTenant(filter.tenant)
    let run = Run()
    try snapshot.visitRecord(filter, run: run.begin) { decision in
      run.replay(decision)
      if run.report.replayed % 1000 == 0 { progress(run.report.replayed) }
      return run.report.replayed < limit
    }
    run.report.add(try snapshot.countUnrecorded(filter))
    return run.report
  }

  /// The state while the record is visited.
  private final class Run {
    var report = ReplayReport()
    private var compiled: [PolicyName: CompiledPolicy] = [:]
    private var templates = ContentTemplates()
    private var run: RecordedRun?
    private var evaluator: LineupEvaluator?
    /// The number of messages that the run's recorded decisions have reserved so far, by device index.
    private var reserved: [Int] = []

    /// Faults contain the name that the tenant has for a policy, which the revision's digest does not cover.
    private struct PolicyName: Hashable {
      let file: String
      let digest: String
    }

    private struct Checked: Hashable {
      let digest: String
      let engine: EngineVersion?
    }

    private var checkedEngines: Set<Checked> = []

    /// The maximum number of interpreters kept: runs of tenants with different policies alternate.
    private static let compiledMax = 256

    func begin(_ run: RecordedRun) {
      self.run = run
      if compiled.count > Run.compiledMax { compiled.removeAll() }
      let lineup = CompiledLineup(
        run.lineup, compile: { policy($0) }, compileGuard: { policy($0, kind: .guard) }
      ).withoutShadow
      for policy in lineup.deciding { checkEngine(of: policy, recorded: run.engine) }
      evaluator = LineupEvaluator(lineup, fleet: run.fleet)
      reserved = Array(repeating: 0, count: run.fleet.count)
    }

    private func policy(_ revision: PolicyRevision, kind: PolicyKind = .policy) -> CompiledPolicy {
      let name = PolicyName(file: revision.policy, digest: revision.digest)
      if let known = compiled[name] { return known }
      let policy = CompiledPolicy.onRecord(revision, kind: kind)
      compiled[name] = policy
      return policy
    }

    /// Reports a revision whose decisions another engine made, or whose digest does not match its recorded source and
    /// parameters. Costs a look-up, and some digests for each revision and engine.
    private func checkEngine(of policy: CompiledPolicy, recorded: EngineVersion?) {
      let checked = Checked(digest: policy.revision.digest, engine: recorded)
      guard checkedEngines.insert(checked).inserted else { return }
      let engine = policy.engine(recorded: recorded)
      if engine != CompiledPolicy.engine { report.addForeign(policy.revision.digest, engine: engine) }
    }

    func replay(_ recorded: RecordedDecision) {
      // A script's running time is not part of its inputs: today the script may finish, and reserve a device that was not
      // reserved then.
      if recorded.fault?.kind == .timeout { return report.addTimeout() }
      let decider = decider(of: recorded)
      let fixed = decider.flatMap { self.fixedAnswer(of: $0, in: recorded) }
      var replayed = decide(recorded, decider, fixed)
      if replayed.isSame(as: recorded) {
        if fixed == nil { report.addIdentical() } else { report.addNotAsked() }
        return keep(replayed.decision.resolution.device)
      }
      // A script may itself give the reason that the core gives for a suspended policy.
      if case .suspended? = fixed, replayed.decision.outcome == .wait {
        replayed = decide(recorded, decider, nil)
        if replayed.isSame(as: recorded) {
          report.addIdentical()
          return keep(replayed.decision.resolution.device)
        }
      }
      if replayed.decision.fault?.kind == .timeout {
        report.addTimeout()
      } else {
        report.add(difference(recorded, replayed))
      }
      followRecord(recorded.device, insteadOf: replayed.decision.resolution.device)
    }

    private func decide(
      _ recorded: RecordedDecision, _ decider: CompiledPolicy?, _ fixed: FixedAnswer?
    ) -> Replayed {
      guard let evaluator else { preconditionFailure("a decision belongs to a run") }
      decider?.answer(with: fixed)
      let due = DueStep(contact: recorded.contact, content: recorded.content)
      let commit = StepDecision.decide(
        due, with: evaluator, template: templates.template(for: recorded.content))
      if fixed != nil { decider?.answer(with: nil) }
      guard let decision = commit.decision else { preconditionFailure("a due step is always decided") }
      return Replayed(
        decision: decision, device: decision.resolution.device.map { evaluator.fleet.members[$0].device.id },
        narrowedFrom: decision.narrowed.map { evaluator.fleet.members[$0.device].device.id })
    }

    /// The recorded policy, among those that decide for the contact.
    private func decider(of recorded: RecordedDecision) -> CompiledPolicy? {
      guard let lineup = evaluator?.lineup else { return nil }
      return (lineup.policies(for: recorded.contact.id) + lineup.guards).first {
        $0.revision.digest == recorded.revision
      }
    }

    /// The fixed answer given instead of running the policy; nil if the policy was run.
    private func fixedAnswer(of policy: CompiledPolicy, in recorded: RecordedDecision) -> FixedAnswer? {
      guard recorded.outcome == .wait else { return nil }
      guard let fault = recorded.fault else {
        let isSuspension =
          recorded.code.map { $0 == .policySuspended } ?? TextsOf010.isSuspension(recorded.reason, of: policy.file)
        return isSuspension ? .suspended(reason: recorded.reason) : nil
      }
      guard policy.isBroken, policy.revision.source.isEmpty else { return nil }
      return Evaluator.fault(
        fault.kind, line: fault.line, code: recorded.code, from: recorded.reason, of: policy.file
      ).map(FixedAnswer.unusable)
    }

    private func keep(_ position: Int?) {
      if let position { reserved[position] += 1 }
    }

    /// Reserves the recorded device, whatever the replay chose: later decisions were made after the recorded one.
    private func followRecord(_ device: DeviceID?, insteadOf chosen: Int?) {
      guard let run else { return }
      let position = device.flatMap(run.fleet.position)
      keep(position)
      if position == chosen { return }
      if chosen == nil, let position, let evaluator { return evaluator.reserve(position: position) }
      var fleet = run.fleet
      for (position, count) in reserved.enumerated() { for _ in 0..<count { fleet.reserve(position) } }
      if let lineup = evaluator?.lineup { evaluator = LineupEvaluator(lineup, fleet: fleet) }
    }

    private func difference(_ recorded: RecordedDecision, _ replayed: Replayed) -> ReplayReport.Difference {
      guard let run else { preconditionFailure("a decision belongs to a run") }
      let decider = decider(of: recorded)
      return ReplayReport.Difference(
        tenant: run.tenant.id, contact: recorded.contact.id, decision: recorded.number, at: run.at,
        recorded: recorded.answer(
          policy: decider?.name ?? "", file: decider?.file ?? "", fleet: run.fleet,
          names: { digest in evaluator?.lineup.deciding.first { $0.revision.digest == digest }?.name ?? "" }),
        replayed: replayed.answer)
    }
  }
}

/// The result of a replay.
private struct Replayed {
  let decision: Decision
  let device: DeviceID?
  /// The choice that a guard replaced with a wait.
  let narrowedFrom: DeviceID?

  /// Whether `usher decide` would print the same bytes for both; compares without printing.
  func isSame(as recorded: RecordedDecision) -> Bool {
    guard decision.outcome == recorded.outcome, until == recorded.until || hasEndOfFaults(recorded),
      decision.waitlist == recorded.waitlist,
      decision.seed == recorded.seed,
      decision.instructions == recorded.instructions, decision.fault?.kind == recorded.fault?.kind,
      decision.fault?.line == recorded.fault?.line
    else { return false }
    return decision.revision.isSame(recorded.revision) && (device?.text ?? "").isSame(recorded.device?.text ?? "")
      && isNarrowedAs(recorded) && TextComparison(recorded, decision).areSame
  }

  /// After a fault the contact's own count of faults determines the end of the wait; the record does not have it.
  private func hasEndOfFaults(_ recorded: RecordedDecision) -> Bool {
    guard recorded.fault != nil, let end = recorded.until, let until else { return false }
    return FaultWait.endsAside(after: until.advanced(bySeconds: -Admission.faultRetrySeconds)).contains(end)
  }

  private func isNarrowedAs(_ recorded: RecordedDecision) -> Bool {
    guard let mine = decision.narrowed, let other = recorded.narrowed else {
      return decision.narrowed == nil && recorded.narrowed == nil
    }
    return mine.outcome == other.outcome && mine.origin.revision.isSame(other.revision) && narrowedFrom == other.device
  }

  private var until: Instant? {
    guard case .wait(let until) = decision.resolution else { return nil }
    return until
  }

  /// The answer in the form in which it would be recorded.
  var answer: DecideAnswer {
    var kept = decision
    kept.reason = decision.reason.asReason
    return DecideAnswer(kept, device: device, narrowedFrom: narrowedFrom)
  }
}

extension RecordedDecision {
  /// `names` returns the name that a revision's policy declares.
  fileprivate func answer(
    policy: String, file: String, fleet: Fleet, names: (String) -> String
  ) -> DecideAnswer {
    let position = device.flatMap(fleet.position) ?? 0
    let resolution: Resolution =
      switch outcome {
      case .use: .use(device: position)
      case .move: .move(device: position)
      case .wait: .wait(until: until ?? fleet.now)
      case .skip: .skip
      }
    let fault = fault.map {
      Evaluator.fault($0.kind, line: $0.line, code: code, from: reason, of: file)
        ?? Fault($0.kind, reason, line: $0.line, code: code)
    }
    let decision = Decision(
      resolution: resolution, reason: reason, code: code, origin: DecisionOrigin(policy: policy, revision: revision),
      seed: seed,
      instructions: instructions,
      remarks: DecisionRemarks(fault: fault, notes: notes, narrowed: narrowedChoice(in: fleet, policy: names)),
      waitlist: waitlist)
    return DecideAnswer(decision, device: device, narrowedFrom: narrowed?.device)
  }
}

extension String {
  /// Compares bytes: Swift's `==` treats canonically equivalent texts as equal.
  func isSame(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension StoreSnapshot {
  /// Throws `UnknownTenant` if the store does not contain the tenant.
  func expectTenant(_ wanted: TenantID?) throws {
    guard let wanted, try !tenants().contains(where: { $0.id == wanted }) else { return }
    throw DryRun.UnknownTenant(id: wanted)
  }
}

import Policies
import Routing
import Sequencing

/// Explains why a contact is sent from a device or not: its records, and what the evaluator would do with it now. Reads
/// one snapshot and writes nothing.
package struct Explain {
  /// What to explain, and as of when.
  package struct Options: Sendable {
    /// Nil to search all tenants.
    package var tenant: TenantID?
    /// A contact id, a lead id or a phone number; nil to explain the contact of `decision`.
    package var contact: String?
    /// The number of a recorded decision.
    package var decision: Int64?
    /// The time for which the present state is explained.
    package var now: Instant
    /// The holds in force.
    package var holds: [SendingHold]

    /// At least one of `contact` and `decision` must be given.
    package init(
      tenant: TenantID? = nil, contact: String?, decision: Int64? = nil, now: Instant, holds: [SendingHold] = []
    ) {
      (self.tenant, self.contact, self.decision, self.now) = (tenant, contact, decision, now)
      self.holds = holds
    }
  }

  /// The maximum number of contacts listed when a name does not match exactly one.
  package static let choicesMax = 8
  /// The maximum number of decisions listed.
  package static let decisionMax = 20

  private let options: Options
  private let lineup: (Tenant) throws -> CompiledLineup

  /// `lineup` returns the tenant's policies by role.
  package init(options: Options, lineup: @escaping (Tenant) throws -> CompiledLineup) {
    (self.options, self.lineup) = (options, lineup)
  }

  /// For policies that decide for every contact, in evaluation order.
  package init(options: Options, policies: @escaping (Tenant) throws -> [CompiledPolicy]) {
    self.init(options: options, lineup: { CompiledLineup(live: try policies($0)) })
  }

  /// Throws `NotOneContact`, `NotEnrolled`, `NoRecord`, and `DryRun.UnknownTenant`.
  package func run(on snapshot: any StoreHistory) throws -> ContactExplanation {
    let tenants = try snapshot.tenants()
    let record = try options.decision.map { try RecordedRuns(snapshot).decision($0, of: options.tenant) }
    let found = try contact(record, in: snapshot, tenants)
    // Both were read in this snapshot.
    let tenant = tenants.first { $0.id == found.tenant }!
    let details = try snapshot.contact(found.contact, of: found.tenant, decisionLimit: Explain.decisionMax)!
    let circumstances = try snapshot.circumstances(of: tenant.key)
    let fleet = try snapshot.fleet(of: tenant, at: options.now)
    let step = try snapshot.currentStep(of: found.contact, of: tenant.key, at: options.now)
    let state = try state(of: details, step, in: fleet, snapshot)
    let place = try snapshot.waitlistPlace(of: found.contact, of: tenant.key)
    var changes: [ContactExplanation.Change] = details.isHeldBySequence ? [.sequenceActive] : []
    let hold = details.status.isOpen ? options.holds.covering(tenant.id) : nil
    let tenantHold = hold?.tenant == nil && details.status.isOpen ? options.holds.first { $0.tenant == tenant.id } : nil
    for hold in [hold, tenantHold].compactMap(\.self) where hold.kind == .operator {
      let scope = hold.tenant.map { " --tenant \($0)" } ?? ""
      changes.append(.command("usher release\(scope) --reason …"))
    }
    if hold?.kind == .clock { changes.append(.command("usher store clock accept --reason …")) }
    changes += operators(details, state, tenant.id, fleet)
    var (decided, later): (ContactExplanation.Decided?, ContactExplanation.Decided?)
    if case .undecided(let due) = step, !due.isOptedOut {
      let lineup = try lineup(tenant)
      let policies = lineup.policies(for: due.contact.id)
      let now = decide(due, policies, lineup.guards, fleet, circumstances)
      // Until the sequence is active, nothing else continues it.
      if !details.isHeldBySequence {
        changes += try waiting(now, due, policies, lineup.guards) { try snapshot.fleet(of: tenant, at: $0) }
        if case .waiting = state { changes += waitlisted(place, now, fleet) }
      }
      decided = now
      // A guard usually depends on the time, so it is evaluated again for the time at which the wait ends.
      if now.decision.narrowed != nil, case .waiting(let until, _) = state,
        case .undecided(let then) = try snapshot.currentStep(of: found.contact, of: tenant.key, at: until)
      {
        later = decide(
          then, policies, lineup.guards, try snapshot.fleet(of: tenant, at: until), circumstances)
      }
    }
    let past = try record ?? (decided == nil ? last(of: details, tenant.id, snapshot) : nil)
    var explanation = ContactExplanation(
      tenant: tenant, contact: details, fleet: fleet, circumstances: circumstances, state: state,
      present: decided, later: later, past: past.map { decide($0, circumstances, fleet) }, changes: changes, hold: hold,
      tenantHold: tenantHold)
    explanation.place = place
    return explanation
  }

  private func contact(
    _ record: RecordedRuns.Found?, in snapshot: any StoreHistory, _ tenants: [Tenant]
  ) throws -> NamedContact {
    guard let name = options.contact else {
      guard let record,
        let found = try contacts(record.decision.contact.id.text, record.run.tenant.key, snapshot).first
      else { preconditionFailure("a contact or a decision is given") }
      return found
    }
    let found = try contact(named: name, in: snapshot, tenants)
    if let record, record.decision.contact.id != found.contact || record.run.tenant.id != found.tenant {
      throw NoRecord(
        number: record.decision.number,
        reason: "is about \(record.decision.contact.id) of \(record.run.tenant.id), not about \(found.contact)")
    }
    return found
  }

  private func contacts(_ name: String, _ tenant: TenantKey?, _ snapshot: any StoreHistory) throws -> [NamedContact] {
    try snapshot.contacts(named: name, of: tenant, limit: Explain.choicesMax + 1)
  }

  private func contact(
    named name: String, in snapshot: any StoreHistory, _ tenants: [Tenant]
  ) throws -> NamedContact {
    let tenant = try options.tenant.map { id throws -> TenantKey in
      guard let tenant = tenants.first(where: { $0.id == id }) else { throw DryRun.UnknownTenant(id: id) }
      return tenant.key
    }
    let found = try contacts(name, tenant, snapshot)
    if let only = found.first, found.count == 1 { return only }
    guard found.isEmpty else { throw NotOneContact(name: name, choices: found, isNear: false) }
    let leads = try snapshot.unenrolled(named: name, of: tenant, limit: Explain.choicesMax)
    guard leads.isEmpty else { throw NotEnrolled(leads: leads) }
    let near = try snapshot.contacts(near: name, of: tenant, limit: Explain.choicesMax)
    throw NotOneContact(name: name, choices: near, isNear: true)
  }

  // MARK: - Deciding now

  private func decide(
    _ due: DueStep, _ policies: [CompiledPolicy], _ guards: [CompiledPolicy], _ fleet: Fleet,
    _ circumstances: [DeviceKey: DeviceCircumstances]
  ) -> ContactExplanation.Decided {
    var (decision, trace) = traced(due, policies, guards, fleet)
    var setAsideAfter: Int?
    if case .wait(let until) = decision.resolution {
      let wait = FaultWait(after: decision, until: until, faults: due.faults, now: fleet.now)
      decision.resolution = .wait(until: wait.until)
      if wait.code == .setAside { setAsideAfter = wait.faults }
    }
    return .init(
      contact: due.contact, decision: decision, trace: trace, fleet: fleet.seen(by: due.contact),
      circumstances: circumstances, setAsideAfter: setAsideAfter)
  }

  private func traced(
    _ due: DueStep, _ policies: [CompiledPolicy], _ guards: [CompiledPolicy], _ fleet: Fleet
  ) -> (Decision, DecisionTrace) {
    let evaluator = Evaluator(policies: policies, guards: guards, fleet: fleet)
    let (commit, trace) = evaluator.traced {
      StepDecision.decide(due, with: evaluator, template: ContentTemplate(due.content))
    }
    // Only a cycle cancels enrolments, and it does so without a decision.
    guard let decision = commit.decision else { preconditionFailure("a step is always decided") }
    return (decision, trace)
  }

  // MARK: - Replaying a recorded decision

  /// The latest decision of a policy about the contact, if it was recorded.
  private func last(
    of contact: ContactDetails, _ tenant: TenantID, _ snapshot: any StoreHistory
  ) throws -> RecordedRuns.Found? {
    guard let last = contact.decisions.first, last.policy != nil else { return nil }
    return try RecordedRuns(snapshot).find(last.number, of: tenant)
  }

  private func decide(
    _ record: RecordedRuns.Found, _ circumstances: [DeviceKey: DeviceCircumstances], _ present: Fleet
  ) -> ContactExplanation.Decided {
    let (fleet, recorded) = (record.run.fleet, record.decision)
    let made = record.asDecision
    var remade = (made, DecisionTrace())
    // If no script ran at that time, none runs now: a suspended policy, an unusable file, or an empty text.
    if recorded.instructions > 0 {
      let due = DueStep(contact: recorded.contact, content: recorded.content)
      let lineup = record.run.lineup
      remade = traced(
        due, lineup.deciding(due.contact.id).map { CompiledPolicy.onRecord($0) },
        lineup.guards.map { CompiledPolicy.onRecord($0, kind: .guard) }, fleet)
    }
    let isSame =
      (remade.0.resolution == made.resolution || (made.fault != nil && remade.0.outcome == made.outcome))
      && remade.0.revision == made.revision
      && remade.0.instructions == made.instructions && TextComparison(recorded, remade.0).areSame
    return .init(
      contact: recorded.contact, decision: made, trace: remade.1, fleet: fleet.seen(by: recorded.contact),
      circumstances: record.circumstances(circumstances, as: present),
      record: .init(number: recorded.number, at: record.run.at, isSame: isSame))
  }

  // MARK: - Changes that would help

  private func waiting(
    _ decided: ContactExplanation.Decided, _ due: DueStep, _ policies: [CompiledPolicy], _ guards: [CompiledPolicy],
    _ fleetAt: @escaping (Instant) throws -> Fleet
  ) throws -> [ContactExplanation.Change] {
    guard decided.decision.outcome == .wait else { return [] }
    let isSuspended = decided.trace.asked.last?.answer == .suspended
    if decided.decision.fault != nil || isSuspended {
      let change = ContactExplanation.Change.policy(
        decided.decision.policy, isGuard: guards.contains { $0.origin == decided.decision.origin },
        isSuspended: isSuspended)
      // It ends the wait of a contact that is set aside, and probes suspended policies.
      guard isSuspended || due.faults >= FaultWait.faultsMax else { return [change] }
      return [change, .command("usher contact wake \(due.contact.id) --tenant \(decided.fleet.tenant)")]
    }
    return try WhatIf(due, policies: policies, guards: guards, fleet: decided.fleet, fleetAt: fleetAt).changes(
      decided.considerations, tenant: decided.fleet.tenant)
  }

  /// What ends the wait of a contact on a waitlist without a change of a device's state: larger limits, or a command.
  private func waitlisted(
    _ place: WaitlistPlace?, _ decided: ContactExplanation.Decided, _ fleet: Fleet
  ) -> [ContactExplanation.Change] {
    guard let place else { return [] }
    let forecast = WaitlistForecast(of: place, in: fleet)
    switch forecast.obstacle {
    case .bulkShare: return [.limits(isShare: true)]
    case .limits, .limitOfZero: return [.limits(isShare: false)]
    default: break
    }
    // Its policy would continue, but its waitlist has no capacity for it yet.
    guard decided.decision.outcome != .wait, !forecast.isNow(at: fleet.now) else { return [] }
    return [.command("usher contact wake \(decided.contact.id) --tenant \(fleet.tenant)")]
  }

  /// The operator's commands that apply to the state of a message.
  private func operators(
    _ contact: ContactDetails, _ state: ContactExplanation.State, _ tenant: TenantID, _ fleet: Fleet
  ) -> [ContactExplanation.Change] {
    let name = "\(contact.id) --tenant \(tenant)"
    switch state {
    case .unknown, .failed: return [.command("usher contact retry \(name)")]
    case .queued(let device, _, _, let hold?, _):
      var changes: [ContactExplanation.Change] = []
      if case .device(.status, _) = hold { changes.append(.online(device, goesTo: nil)) }
      if case .device(.paused, _) = hold {
        changes.append(.command("usher device resume \(device) --tenant \(tenant)"))
      }
      let free = fleet.members.indices.filter { fleet.refusal($0) == nil && fleet.members[$0].device.id != device }
      let share = { (index: Int) in fleet.load(index).share(under: fleet.members[index].device.limits) }
      if let other = free.min(by: { (share($0), $0) < (share($1), $1) }) {
        changes.append(.command("usher contact reassign \(name) --to \(fleet.members[other].device.id)"))
      }
      return changes
    case .scheduled, .due, .waiting, .unreadable, .queued, .sending, .completed, .cancelled: return []
    }
  }

  // MARK: - Current state

  private func state(
    of contact: ContactDetails, _ step: CurrentStep, in fleet: Fleet, _ snapshot: any StoreHistory
  ) throws -> ContactExplanation.State {
    let end = contact.endedAt ?? contact.enrolledAt
    let reason = contact.reason ?? ""
    switch contact.status {
    case .completed: return .completed(at: end)
    case .failed: return .failed(at: end, reason: reason)
    case .cancelled: return .cancelled(at: end, reason: reason)
    case .scheduled, .waiting:
      if case .unreadable(let reason) = step { return .unreadable(reason: reason, nextAt: contact.nextAt ?? fleet.now) }
      let next = contact.nextAt ?? contact.dueAt
      if next <= fleet.now { return .due(since: next, waitedFor: contact.status == .waiting ? reason : nil) }
      return contact.status == .waiting ? .waiting(until: next, reason: reason) : .scheduled(at: next)
    case .queued:
      guard let message = contact.messages.first(where: { $0.step == contact.step }) else {
        return .failed(at: end, reason: "no message carries its step")
      }
      // The sender bounds bulk messages as the decision did.
      return try carried(by: message, in: message.priority == .bulk ? fleet.forBulk : fleet, snapshot)
    }
  }

  private func carried(
    by message: ContactDetails.Message, in fleet: Fleet, _ snapshot: any StoreHistory
  ) throws -> ContactExplanation.State {
    let started = message.attempts.last?.startedAt ?? message.createdAt
    switch message.status {
    case .sending: return .sending(on: message.device, since: started)
    case .unknown: return .unknown(on: message.device, at: started, reason: message.error ?? "")
    default:
      return .queued(
        on: message.device, since: message.createdAt, ahead: try snapshot.messagesAhead(of: message.key),
        hold: fleet.position(of: message.device).flatMap(fleet.sendHold), returned: message.error)
    }
  }

  /// A decision that cannot be replayed.
  package struct NoRecord: UsherError {
    let number: Int64
    let reason: String
    package var code: ErrorCode { .decisionNotFound }
    package var message: String { "decision \(number) \(reason)" }
  }

  /// A name that matches no contact, or several.
  package struct NotOneContact: UsherError {
    let name: String
    let choices: [NamedContact]
    /// Whether the choices are similar names instead of matches.
    let isNear: Bool

    package var code: ErrorCode { isNear || choices.isEmpty ? .contactNotFound : .contactAmbiguous }

    package var message: String {
      let start =
        isNear
        ? "there is no contact, lead or phone number '\(name)'"
        : "expected one contact, found several for '\(name)'"
      guard !choices.isEmpty else { return start + "; a contact is named SEQUENCE/LEAD" }
      let list = choices.prefix(Explain.choicesMax).map {
        "  \($0.contact) --tenant \($0.tenant)  (\($0.status.rawValue))"
      }
      let more = choices.count > Explain.choicesMax ? ["  …"] : []
      return ([start + (isNear ? "; the nearest are" : "; name one of")] + list + more).joined(separator: "\n")
    }
  }
}

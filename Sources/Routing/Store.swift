/// What a cycle needs of storage. Every method is synchronous: the caller decides on which thread it waits for the disk.
///
/// Each method that writes is one transaction, and each of them first makes sure that `epoch` is still the store's
/// current one: a process that lost its leadership changes nothing (`StoreError.leadershipLost`).
package protocol CycleStore: Sendable {
  /// Reads from one consistent snapshot, whatever is being written meanwhile.
  func read<Result>(_ body: (any StoreSnapshot) throws -> Result) throws -> Result

  /// Makes one transaction of all that `body` writes by other methods: everything is committed when it returns, and
  /// nothing when it throws. What it reads is of before.
  func together<Result>(epoch: LeaderEpoch, _ body: () throws -> Result) throws -> Result

  /// Begins a generation of the tenant's policies after the one numbered `last`, 0 for the first, and records each
  /// revision of it that is new. Gives back its number. Throws `StoreError.generationPassed`, and writes nothing, when
  /// the tenant's last generation is another one.
  func begin(
    _ draft: GenerationDraft, for tenant: TenantKey, after last: Int64, epoch: LeaderEpoch
  ) throws -> Int64

  /// Records texts of policy files that were dealt with: of each policy named, it and no other.
  func recordTexts(_ texts: [PolicyText], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws

  /// Records that a policy file was not taken, so that `usher policy list` can show it; nil clears what was there.
  func recordRefusal(
    _ refusal: String?, of policy: String, for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws

  /// Records why a policy file that passes is not what decides, for `usher policy list`; nil clears what was there.
  func recordHeld(_ reason: String?, of policy: String, for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch)
    throws

  /// Records that the change numbered `change`, and all before it, were logged: no later process logs them again.
  func recordLogged(upTo change: Int64, epoch: LeaderEpoch) throws

  /// Makes `streaks` the ones on record for the tenant: others are forgotten.
  func recordStreaks(_ streaks: [PolicyStreak], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws

  /// Enrols up to `limit` leads of a tenant whose unconsumed triggers match an active sequence, oldest trigger first:
  /// the enrolment with its first step due, the assignment with its history, and the consumed trigger together.
  /// A lead that opted out is left alone, as is a trigger that waits. A lead that is enrolled already has its trigger
  /// consumed and nothing else. Returns how many triggers were looked at. Throws `StoreError.generationPassed` when the
  /// tenant's last generation is not `generation`; nil asks for none.
  func enrol(
    tenant: TenantKey, limit: Int, at now: Instant, generation: Int64?, epoch: LeaderEpoch,
    choose: (Lead) throws -> EnrolmentChoice
  ) throws -> EnrolmentCounts

  /// Decides up to `limit` due steps of a tenant, the ones that are due longest first (then by key), and commits
  /// decisions, messages, assignments and enrolments together. Steps of sequences that are not active are not due.
  /// `basis` is asked for when the first decision is written, and put on record with it, once for all the batches that
  /// give the same one; without a basis the decisions cannot be made again. Throws `StoreError.generationPassed`, and
  /// writes nothing, when the basis is of another generation than the tenant's last. `foresee` is told of each step some places
  /// before it is decided, so that what the decision needs can be fetched. The content of a message is as
  /// `ContentTemplate.render` gives it.
  func decide(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, basis: () -> DecisionBasis?,
    foresee: (DueStep) -> Void, decide: (DueStep) throws -> StepCommit
  ) throws -> DecisionCounts
}

/// What a process that decides and sends needs of storage, in the manner of `CycleStore`.
package protocol Store: CycleStore {
  /// Makes the caller the one process that writes, and gives back the number that its writes carry.
  /// `isPinned` is on record for those who ask what the next cycle does.
  func becomeLeader(processID: Int32, at now: Instant, isPinned: Bool) throws -> LeaderEpoch

  /// Leases up to `limit` messages that may leave now: `pending`, their sequence active, on a device that is online,
  /// not paused, below its caps and past its pacing. The oldest of each device first, devices in the order of
  /// their keys. Messages to leads that opted out are cancelled on the way. Each claim is an attempt on record.
  /// `draw` gives a number in 0..<1 for the pause after a message.
  func claim(
    limit: Int, at now: Instant, leaseUntil: Instant, epoch: LeaderEpoch, draw: (MessageKey) -> Double
  ) throws -> [Message]

  /// Records what came of claimed messages, and moves their enrolments on.
  func finish(_ results: [SendResult], at now: Instant, epoch: LeaderEpoch) throws -> SendCounts

  /// Messages that a process claimed and never finished: leased under another epoch, or past their lease.
  func abandonedClaims(at now: Instant, epoch: LeaderEpoch) throws -> [Message]
}

extension Store {
  package func becomeLeader(processID: Int32, at now: Instant) throws -> LeaderEpoch {
    try becomeLeader(processID: processID, at: now, isPinned: false)
  }
}

extension CycleStore {
  /// For a store that nobody lists: a simulation's.
  package func recordHeld(
    _ reason: String?, of policy: String, for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) throws {}

  /// For a store whose changes nobody logs: a simulation's.
  package func recordLogged(upTo change: Int64, epoch: LeaderEpoch) throws {}

  /// Makes `revisions` the live ones, in this order, unless they are: what is tried beside them goes on. Gives back the
  /// number of the tenant's last generation.
  @discardableResult
  package func activate(
    _ revisions: [PolicyRevision], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) throws -> Int64 {
    let current = try read { try $0.generation(of: tenant) }
    var lineup = current?.lineup ?? PolicyLineup(live: [])
    if let current, lineup.live == revisions { return current.number }
    lineup.live = revisions
    let change = PolicyChange(at: now, actor: PolicyChange.program, action: .edit)
    return try begin(
      GenerationDraft(lineup: lineup, parameters: current?.parameters, change: change), for: tenant,
      after: current?.number ?? 0, epoch: epoch)
  }

  /// Enrols whatever generation is the last.
  package func enrol(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, choose: (Lead) throws -> EnrolmentChoice
  ) throws -> EnrolmentCounts {
    try enrol(tenant: tenant, limit: limit, at: now, generation: nil, epoch: epoch, choose: choose)
  }

  /// Decides without a record and without looking ahead.
  package func decide(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, decide: (DueStep) throws -> StepCommit
  ) throws -> DecisionCounts {
    try self.decide(
      tenant: tenant, limit: limit, at: now, epoch: epoch, basis: { nil }, foresee: { _ in }, decide: decide)
  }
}

/// Reads of one moment of a store.
package protocol StoreSnapshot {
  /// All tenants in the order of their keys.
  func tenants() throws -> [Tenant]

  /// The tenant's devices with their loads as of `now`.
  func fleet(of tenant: Tenant, at now: Instant) throws -> Fleet

  /// Visits the due steps that `Store.decide` would decide, in its order, at most `limit` of them.
  func visitDue(tenant: TenantKey, limit: Int, at now: Instant, visit: (DueStep) throws -> Void) throws

  /// The tenant's last generation of policies; nil before the first cycle.
  func generation(of tenant: TenantKey) throws -> PolicyGeneration?

  /// The last generation of each tenant that had one begun after a change that was seen; 0 asks for all. Costs a look-up
  /// when there is none.
  func generations(after seen: Int64) throws -> PolicyGenerations

  /// The change that made the tenant's live policies what they are: later ones were about guards, a canary or a shadow.
  func liveChange(of tenant: TenantKey) throws -> PolicyChange?

  /// The last change that a process logged; 0 when none was.
  func lastLoggedChange() throws -> Int64

  /// Changes of what decides after the one numbered `last`, oldest first; of each tenant at most its last five.
  func lineupChanges(after last: Int64) throws -> [LineupChange]

  /// Files of the tenant's policies and guards that are not what decides, by the name that lists them.
  func fileStates(of tenant: TenantKey) throws -> [String: PolicyFileState]

  /// Whether the process that leads takes edited files by itself, or waits for an operator to activate them.
  func isPinned() throws -> Bool

  /// The texts of policy files that were dealt with, by policy.
  func texts(of tenant: TenantKey) throws -> [PolicyText]

  /// What the sides of the tenant's canary came to in a generation.
  func canaryTallies(of tenant: TenantKey, in generation: Int64) throws -> CanaryTallies

  /// The revisions of the tenant that failed when they were asked last, by policy.
  func streaks(of tenant: TenantKey) throws -> [PolicyStreak]
}

extension StoreSnapshot {
  /// For a state whose policies are settled beforehand: a simulation's. So are the three below.
  package func liveChange(of tenant: TenantKey) throws -> PolicyChange? { try generation(of: tenant)?.change }
  package func lastLoggedChange() throws -> Int64 { 0 }
  package func lineupChanges(after last: Int64) throws -> [LineupChange] { [] }
  package func fileStates(of tenant: TenantKey) throws -> [String: PolicyFileState] { [:] }

  /// The revisions that decide for the tenant, in the order in which they are asked; empty before the first cycle.
  package func activeRevisions(of tenant: TenantKey) throws -> [PolicyRevision] {
    try generation(of: tenant)?.lineup.live ?? []
  }
}

/// A contact by its names.
package struct NamedContact: Equatable, Sendable {
  package let tenant: TenantID
  package let contact: ContactID
  package let status: EnrolmentStatus

  package init(tenant: TenantID, contact: ContactID, status: EnrolmentStatus) {
    (self.tenant, self.contact, self.status) = (tenant, contact, status)
  }
}

/// A contact's current step.
package enum CurrentStep: Equatable, Sendable {
  case undecided(DueStep)
  /// The row cannot be read; why.
  case unreadable(String)
  /// A message carries it, or the contact is at its end.
  case settled
}

/// Fences writers: a number that grows each time a process becomes the leader.
package struct LeaderEpoch: Equatable, Sendable {
  package let raw: Int64
  package init(_ raw: Int64) { self.raw = raw }
}

/// What a policy consisted of when it decided.
package struct PolicyRevision: Equatable, Sendable {
  /// The policy's name as the tenant lists it.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits, over engine, source and parameters.
  package var digest: String
  package var source: String
  /// The values the policy read: its own defaults with the tenant's on top, sorted by name.
  package var parameters: [Parameter]

  package init(policy: String, digest: String, source: String, parameters: [Parameter]) {
    self.policy = policy
    self.digest = digest
    self.source = source
    self.parameters = parameters
  }
}

/// A step of an enrolment that is due, as storage hands it to the decision.
package struct DueStep: Equatable, Sendable {
  package var contact: Contact
  package var step: RowKey<StepTag>
  /// The step's template as it stands in the sequence.
  package var content: String
  /// The lead asked not to be written to.
  package var isOptedOut: Bool
  /// The lead, where it has other enrolments too: what is queued for one of them counts for the others.
  package var otherwiseEnrolledLead: LeadKey?

  package init(
    contact: Contact, step: RowKey<StepTag>, content: String, isOptedOut: Bool = false,
    otherwiseEnrolledLead: LeadKey? = nil
  ) {
    self.contact = contact
    self.step = step
    self.content = content
    self.isOptedOut = isOptedOut
    self.otherwiseEnrolledLead = otherwiseEnrolledLead
  }
}

/// Names the rows of `sequence_steps` in keys.
package enum StepTag {}

/// What becomes of a due step.
package enum StepCommit: Equatable, Sendable {
  /// A message on a device; with `moves`, the assignment follows.
  case queue(Decision, device: DeviceKey, moves: Bool, content: String)
  /// Nothing until then.
  case wait(Decision, until: Instant)
  /// The step is left out and its successor is scheduled.
  case skip(Decision)
  /// The enrolment ends here, undecided.
  case cancel(reason: String)
}

extension StepCommit {
  /// The decision that it carries out; nil for a contact that was not decided.
  package var decision: Decision? {
    switch self {
    case .queue(let decision, _, _, _), .wait(let decision, _), .skip(let decision): decision
    case .cancel: nil
    }
  }
}

/// What becomes of a lead whose trigger matched a sequence.
package enum EnrolmentChoice: Equatable, Sendable {
  /// Enrolled; nil leaves the contact unassigned.
  case enrol(device: DeviceKey?, reason: String)
  /// The trigger is looked at again later.
  case wait(until: Instant, reason: String)
  /// The trigger is consumed and nothing is enrolled.
  case leaveOut(reason: String)
}

package struct EnrolmentCounts: Equatable, Sendable {
  /// Triggers looked at.
  package var triggers = 0
  /// Enrolments made.
  package var enrolled = 0
  package init(triggers: Int = 0, enrolled: Int = 0) { (self.triggers, self.enrolled) = (triggers, enrolled) }
}

/// What one batch of decisions came to; the parts add up to `decided`.
package struct DecisionCounts: Equatable, Sendable {
  package var decided = 0
  package var queued = 0
  package var waiting = 0
  package var skipped = 0
  package var cancelled = 0
  /// Of the waiting ones, those that wait because of a fault.
  package var faults = 0

  package init(
    decided: Int = 0, queued: Int = 0, waiting: Int = 0, skipped: Int = 0, cancelled: Int = 0, faults: Int = 0
  ) {
    self.decided = decided
    self.queued = queued
    self.waiting = waiting
    self.skipped = skipped
    self.cancelled = cancelled
    self.faults = faults
  }

  package static func += (a: inout DecisionCounts, b: DecisionCounts) {
    a.decided += b.decided
    a.queued += b.queued
    a.waiting += b.waiting
    a.skipped += b.skipped
    a.cancelled += b.cancelled
    a.faults += b.faults
  }
}

/// A claimed message and what came of it.
package struct SendResult: Equatable, Sendable {
  package var message: Message
  package var outcome: SendOutcome
  package init(message: Message, outcome: SendOutcome) { (self.message, self.outcome) = (message, outcome) }
}

/// What one batch of sends came to.
package struct SendCounts: Equatable, Sendable {
  package var sent = 0
  /// Back to `pending`: the device, not the message, was at fault, or nothing was sent.
  package var returned = 0
  package var failed = 0
  package var unknown = 0

  package init() {}

  package static func += (a: inout SendCounts, b: SendCounts) {
    a.sent += b.sent
    a.returned += b.returned
    a.failed += b.failed
    a.unknown += b.unknown
  }
}

/// Why storage could not do what was asked.
package enum StoreError: Error, Equatable, Sendable {
  /// Another process became the leader; this one must stop.
  case leadershipLost
  /// The lock file of the store is no longer the one that this process has locked, so another may run on the store; this
  /// one must stop. The text says what was found.
  case lockLost(String)
  /// Another process changed what decides for the tenant: nothing of the batch was written.
  case generationPassed
  /// The file cannot be used; the text says what was expected, what was found and what to do.
  case unusable(String)
  /// A row was not in the state that the operation promised (I-36); nothing of it was written.
  case conflict(String)
}

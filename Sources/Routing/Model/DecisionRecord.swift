/// Selects recorded decisions. A nil property is no condition.
package struct RecordFilter: Equatable, Sendable {
  /// Only decisions of this tenant.
  package var tenant: TenantID?
  /// Decided at this time or later.
  package var since: Instant?
  /// Decided before this time.
  package var until: Instant?
  /// Only the decision with this number.
  package var decision: Int64?

  /// Without arguments, every recorded decision matches.
  package init(tenant: TenantID? = nil, since: Instant? = nil, until: Instant? = nil, decision: Int64? = nil) {
    (self.tenant, self.since, self.until, self.decision) = (tenant, since, until, decision)
  }
}

/// The recorded inputs of the decisions of one tenant in one cycle.
package struct RecordedRun: Sendable {
  /// The tenant as recorded with the run, not as it is now.
  package let tenant: Tenant
  /// The fleet before the first visited decision, including what earlier decisions of the run reserved. Values that
  /// decisions do not depend on (phone, gateway, pace) are not recorded.
  package let fleet: Fleet
  /// The policies of the run, with their sources.
  package let lineup: PolicyLineup
  /// The number of the generation.
  package let generation: Int
  /// The engine that decided; nil for decisions of a version that did not record it, up to schema 10.
  package let engine: EngineVersion?

  /// `fleet` has the run's time and the earlier reservations.
  package init(tenant: Tenant, fleet: Fleet, lineup: PolicyLineup, generation: Int, engine: EngineVersion?) {
    (self.tenant, self.fleet, self.lineup) = (tenant, fleet, lineup)
    (self.generation, self.engine) = (generation, engine)
  }

  /// All revisions that may have decided, in evaluation order: live ones, the canary's, then guards.
  package var revisions: [PolicyRevision] { lineup.live + (lineup.canary?.revisions ?? []) + lineup.guards }

  /// When the decisions were made: the cycle's `now`.
  package var at: Instant { fleet.now }
}

/// A recorded decision, with the contact as the policies saw it.
package struct RecordedDecision: Sendable {
  /// The decision's number, as users see it: unique in its store, and larger than those of earlier decisions.
  package let number: Int64
  /// With the values that its lead and enrolment had at that time.
  package let contact: Contact
  /// The step's template at that time.
  package let content: String
  /// After admission and guards.
  package let outcome: Outcome
  /// Set for `use` and `move`.
  package let device: DeviceID?
  /// The reason of the deciding policy or guard.
  package let reason: String
  /// The digest of the revision that decided.
  package let revision: String
  /// The seed of `random` in policies.
  package let seed: UInt64
  /// Budget used: virtual machine instructions and the costs of library functions.
  package let instructions: Int64
  /// The end of a wait; nil for all other outcomes.
  package let until: Instant?
  /// What a contact on a waitlist waits for; nil for other outcomes, and for a wait that only ends at a time.
  package let waitlist: Waitlist?
  /// Why a policy failed; `line` is nil if no line could be named.
  package let fault: (kind: Fault.Kind, line: Int?)?
  /// The policies' notes, in order.
  package let notes: [String]
  /// The choice that a guard replaced with a wait, with the digest of the revision that made it.
  package let narrowed: (outcome: Outcome, device: DeviceID, reason: String, code: ReasonCode?, revision: String)?
  /// The code of the reason; nil if a script wrote it, and for decisions of 0.1.0.
  package let code: ReasonCode?
  /// Usher's own error texts that a script caught and put into a reason or a note.
  package let caught: [CaughtText]

  /// `device`, `until`, `fault` and `narrowed` must match the outcome; the store's schema checks this when a decision is
  /// recorded.
  package init(
    number: Int64, contact: Contact, content: String, outcome: Outcome, device: DeviceID?, reason: String,
    revision: String, seed: UInt64, instructions: Int64, until: Instant?, fault: (kind: Fault.Kind, line: Int?)?,
    notes: [String],
    narrowed: (outcome: Outcome, device: DeviceID, reason: String, code: ReasonCode?, revision: String)? = nil,
    code: ReasonCode? = nil, caught: [CaughtText] = [], waitlist: Waitlist? = nil
  ) {
    (self.code, self.caught, self.waitlist) = (code, caught, waitlist)
    self.narrowed = narrowed
    self.number = number
    self.contact = contact
    self.content = content
    self.outcome = outcome
    self.device = device
    self.reason = reason
    self.revision = revision
    self.seed = seed
    self.instructions = instructions
    self.until = until
    self.fault = fault
    self.notes = notes
  }
}

/// The number of decisions without a record in this store, by cause.
package struct UnrecordedCounts: Equatable, Sendable {
  /// Decided by an earlier version, or imported.
  package var byPolicies = 0
  /// Moves by an operator, which evaluate no policy.
  package var byOperators = 0
  /// Recorded in an archive and pruned from this store.
  package var archived = 0

  /// All counts are zero by default.
  package init(byPolicies: Int = 0, byOperators: Int = 0, archived: Int = 0) {
    (self.byPolicies, self.byOperators, self.archived) = (byPolicies, byOperators, archived)
  }
}

/// The record of decisions cannot be read.
package struct UnreadableRecord: UsherError, Equatable, Sendable, CustomStringConvertible {
  /// Which part of the record is damaged, and how.
  package let description: String
  /// `description` follows "the decision record cannot be read: " in the message.
  package init(_ description: String) { self.description = description }

  /// `unreadable_record`.
  package var code: ErrorCode { .unreadableRecord }
  package var message: String { "the decision record cannot be read: \(description)" }
}

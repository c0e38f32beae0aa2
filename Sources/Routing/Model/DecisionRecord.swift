/// Which decisions on record are meant. Nil is no condition.
package struct RecordFilter: Equatable, Sendable {
  /// Decisions of this tenant alone.
  package var tenant: TenantID?
  /// Decided at this moment or later.
  package var since: Instant?
  /// Decided before this moment.
  package var until: Instant?
  /// This decision alone.
  package var decision: Int64?

  /// Without arguments, every decision on record passes.
  package init(tenant: TenantID? = nil, since: Instant? = nil, until: Instant? = nil, decision: Int64? = nil) {
    (self.tenant, self.since, self.until, self.decision) = (tenant, since, until, decision)
  }
}

/// What the decisions of one tenant in one cycle were made on.
package struct RecordedRun: Sendable {
  /// As it was recorded with the run, not as it is now.
  package let tenant: Tenant
  /// As it stood before the first decision that is visited, with what the run's earlier decisions reserved. What a
  /// decision does not depend on is not kept: phones, gateways, paces.
  package let fleet: Fleet
  /// The policies that decided, with their texts.
  package let lineup: PolicyLineup
  /// The number of the line-up's generation.
  package let generation: Int

  /// `fleet` carries the run's moment and earlier reservations.
  package init(tenant: Tenant, fleet: Fleet, lineup: PolicyLineup, generation: Int) {
    (self.tenant, self.fleet, self.lineup, self.generation) = (tenant, fleet, lineup, generation)
  }

  /// Those that may have decided: the live ones first, guards last, each in the order in which they were asked.
  package var revisions: [PolicyRevision] { lineup.live + (lineup.canary?.revisions ?? []) + lineup.guards }

  /// When the decisions were made: the cycle's `now`.
  package var at: Instant { fleet.now }
}

/// A decision as it is on record, with the contact as the policies saw it.
package struct RecordedDecision: Sendable {
  /// What the outside calls it: unique in its store, and larger than those of earlier decisions.
  package let number: Int64
  /// With the values that its lead and enrolment had then.
  package let contact: Contact
  /// The step's template as it stood.
  package let content: String
  /// As admitted, after guards.
  package let outcome: Outcome
  /// Set for `use` and `move`.
  package let device: DeviceID?
  /// The words that the deciding policy or guard gave.
  package let reason: String
  /// The digest of the revision that decided.
  package let revision: String
  /// What `random` in policies drew from.
  package let seed: UInt64
  /// Budget used: virtual machine instructions and charges of library functions.
  package let instructions: Int64
  /// The end of a wait; nil for all other outcomes.
  package let until: Instant?
  /// Why a policy failed; `line` is nil where none could be named.
  package let fault: (kind: Fault.Kind, line: Int?)?
  /// What the policies noted, in order.
  package let notes: [String]
  /// What a guard turned into the wait, by the digest of the revision that had chosen.
  package let narrowed: (outcome: Outcome, device: DeviceID, reason: String, revision: String)?

  /// `device`, `until`, `fault` and `narrowed` must suit the outcome: the store's schema checks them when it records.
  package init(
    number: Int64, contact: Contact, content: String, outcome: Outcome, device: DeviceID?, reason: String,
    revision: String, seed: UInt64, instructions: Int64, until: Instant?, fault: (kind: Fault.Kind, line: Int?)?,
    notes: [String],
    narrowed: (outcome: Outcome, device: DeviceID, reason: String, revision: String)? = nil
  ) {
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

/// Decisions without a record in this store.
package struct UnrecordedCounts: Equatable, Sendable {
  /// Decided by an earlier version, or imported.
  package var byPolicies = 0
  /// An operator moved a message: no policy was asked.
  package var byOperators = 0
  /// On record in an archive, and no longer here.
  package var archived = 0

  /// Zeros unless given.
  package init(byPolicies: Int = 0, byOperators: Int = 0, archived: Int = 0) {
    (self.byPolicies, self.byOperators, self.archived) = (byPolicies, byOperators, archived)
  }
}

/// What was kept of decisions cannot be read.
package struct UnreadableRecord: UsherError, Equatable, Sendable, CustomStringConvertible {
  /// Which part of the record is damaged, and how.
  package let description: String
  /// `description` is put after "the decision record cannot be read".
  package init(_ description: String) { self.description = description }

  /// `unreadable_record`.
  package var code: ErrorCode { .unreadableRecord }
  package var message: String { "the decision record cannot be read: \(description)" }
}

import Policies
import Routing

/// What `Explain` found out about a contact.
package struct ContactExplanation {
  /// Where a contact stands, as of the fleet's moment.
  package enum State: Equatable {
    /// The step's time has not come.
    case scheduled(at: Instant)
    /// The next cycle decides it; `waitedFor` is why it waited until then.
    case due(since: Instant, waitedFor: String?)
    case waiting(until: Instant, reason: String)
    /// The row cannot be read and is set aside.
    case unreadable(reason: String, nextAt: Instant)
    /// `ahead`: messages that leave the device before it. `hold`: why the device sends nothing now. `returned`: why it
    /// came back from a gateway.
    case queued(on: DeviceID, since: Instant, ahead: Int, hold: SendHold?, returned: String?)
    case sending(on: DeviceID, since: Instant)
    /// The gateway may or may not have it.
    case unknown(on: DeviceID, at: Instant, reason: String)
    case failed(at: Instant, reason: String)
    case completed(at: Instant)
    case cancelled(at: Instant, reason: String)

    /// One word for it.
    package var code: String {
      switch self {
      case .scheduled: "scheduled"
      case .due: "due"
      case .waiting: "waiting"
      case .unreadable: "unreadable"
      case .queued: "queued"
      case .sending: "sending"
      case .unknown: "unknown"
      case .failed: "failed"
      case .completed: "completed"
      case .cancelled: "cancelled"
      }
    }
  }

  /// A decision with what was done for it.
  package struct Decided {
    /// A decision on record, made again on what it was made on.
    package struct Record: Equatable {
      /// The key of the decision, which `--decision` takes.
      package let number: Int64
      /// When it was made.
      package let at: Instant
      /// Whether it came out as it is on record; else the record counts and what was done is what would be done now.
      package let isSame: Bool
    }

    /// As it was then: with the messages and attempts of that moment.
    package let contact: Contact
    /// The evaluator's, even where the record says otherwise.
    package let decision: Decision
    /// What the policies read and asked on the way to it.
    package let trace: DecisionTrace
    /// As it stood before the decision.
    package let fleet: Fleet
    /// Of the devices, for the words on why one was refused.
    package let circumstances: [DeviceKey: DeviceCircumstances]
    /// Nil for what would be decided as things stand.
    package let record: Record?
    /// For each device of `fleet`, in its order.
    package let considerations: [DeviceConsideration]

    init(
      contact: Contact, decision: Decision, trace: DecisionTrace, fleet: Fleet,
      circumstances: [DeviceKey: DeviceCircumstances], record: Record? = nil
    ) {
      (self.contact, self.decision, self.trace, self.fleet) = (contact, decision, trace, fleet)
      (self.circumstances, self.record) = (circumstances, record)
      considerations = DeviceConsideration.all(of: decision, trace: trace, in: fleet)
    }
  }

  /// Something that would change where the contact stands, or let it go on.
  package enum Change: Equatable {
    /// The device has room again, and the contact would go on.
    case room(on: DeviceID, at: Instant, goesTo: DeviceID)
    /// It gets its connection back; nil where the message is on it already.
    case online(DeviceID, goesTo: DeviceID?)
    case sequenceActive
    /// Another revision: the file or the parameters change.
    case policy(String)
    /// An operator's command.
    case command(String)
  }

  /// With the policies that it lists now.
  package let tenant: Tenant
  /// What is on record, read from the same snapshot.
  package let contact: ContactDetails
  /// As of the moment explained.
  package let fleet: Fleet
  /// Of the devices of `fleet`, as they are on record now.
  package let circumstances: [DeviceKey: DeviceCircumstances]
  /// Works for every contact, also one at its end.
  package let state: State
  /// What the policies decide as things stand, were it due; nil while a message carries the step, for a lead that opted
  /// out, and at the end.
  package let present: Decided?
  /// The same at the moment at which its wait ends; nil unless a guard would make it wait now.
  package let later: Decided?
  /// The decision on record that was asked for, or without being asked the one that made the contact's last message;
  /// nil where there is none, or none that can be made again.
  package let past: Decided?

  /// The moment explained.
  package var now: Instant { fleet.now }
  /// Nothing of the sequence is decided or sent.
  package var isHeldBySequence: Bool { contact.isHeldBySequence }
  /// The decision that is told in full.
  package var decided: Decided? { past ?? present }
  /// Made by policies or by an operator; nil for a contact that was not decided yet.
  package var lastDecision: ContactDetails.Decision? { contact.decisions.first }

  /// When something happens to the contact next by itself, as far as that can be known; nil when nothing does, or when
  /// nobody knows.
  package var nextAt: Instant? {
    guard !isHeldBySequence else { return nil }
    switch state {
    case .scheduled(let at), .waiting(let at, _), .unreadable(_, let at): return at
    case .due, .sending: return now
    // Nobody knows when sending goes on.
    case .queued where self.hold != nil: return nil
    case .queued(_, _, _, let hold, _): return hold.map(\.until) ?? now
    case .unknown, .failed, .completed, .cancelled: return nil
    }
  }

  /// What would change it, as far as it was found out or follows from where the contact stands.
  package let changes: [Change]
  /// What keeps the messages of a contact that is not at its end from being sent.
  package let hold: SendingHold?
  /// The tenant's own hold, where `hold` is the whole store's: both must be released.
  package var tenantHold: SendingHold?
}

extension ContactDetails {
  /// It is open, and nothing of its sequence is decided or sent.
  var isHeldBySequence: Bool { sequenceStatus != "active" && status.isOpen }
}

import Policies
import Routing

/// The result of `Explain` for one contact.
package struct ContactExplanation {
  /// The state of a contact at the fleet's time.
  package enum State: Equatable {
    /// The step is not due yet.
    case scheduled(at: Instant)
    /// The next cycle decides it; `waitedFor` is the reason of its wait until then.
    case due(since: Instant, waitedFor: String?)
    case waiting(until: Instant, reason: String)
    /// The row cannot be decoded and is skipped until `nextAt`.
    case unreadable(reason: String, nextAt: Instant)
    /// `ahead` is the number of messages that the device sends first, `hold` why the device sends nothing now, `returned`
    /// why a gateway returned the message.
    case queued(on: DeviceID, since: Instant, ahead: Int, hold: SendHold?, returned: String?)
    case sending(on: DeviceID, since: Instant)
    /// The gateway may or may not have received it.
    case unknown(on: DeviceID, at: Instant, reason: String)
    case failed(at: Instant, reason: String)
    case completed(at: Instant)
    case cancelled(at: Instant, reason: String)

    /// The state as one word.
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

  /// A decision and how it was reached.
  package struct Decided {
    /// A recorded decision, replayed with its recorded inputs.
    package struct Record: Equatable {
      /// The decision's number, as `--decision` accepts it.
      package let number: Int64
      /// When it was made.
      package let at: Instant
      /// Whether the replay gave the recorded result. If not, the record is authoritative, and the trace shows what would
      /// happen now.
      package let isSame: Bool
    }

    /// The contact at the time of the decision, including its counts of messages and attempts.
    package let contact: Contact
    /// The evaluator's decision, even if the record differs. If it would set the contact aside, with the end of that wait.
    package let decision: Decision
    /// The contact's faults in a row with this one, if it would be set aside after them; otherwise nil.
    package let setAsideAfter: Int?
    /// What the policies read and queried for the decision.
    package let trace: DecisionTrace
    /// The fleet before the decision.
    package let fleet: Fleet
    /// Facts about the devices that explain why one was refused.
    package let circumstances: [DeviceKey: DeviceCircumstances]
    /// Nil for a decision that would be made now.
    package let record: Record?
    /// One entry for each device of `fleet`, in its order.
    package let considerations: [DeviceConsideration]

    init(
      contact: Contact, decision: Decision, trace: DecisionTrace, fleet: Fleet,
      circumstances: [DeviceKey: DeviceCircumstances], record: Record? = nil, setAsideAfter: Int? = nil
    ) {
      (self.contact, self.decision, self.trace, self.fleet) = (contact, decision, trace, fleet)
      (self.circumstances, self.record, self.setAsideAfter) = (circumstances, record, setAsideAfter)
      considerations = DeviceConsideration.all(of: decision, trace: trace, in: fleet)
    }
  }

  /// A change after which the contact would be handled differently or continue.
  package enum Change: Equatable {
    /// The device has capacity again, and the contact would continue.
    case room(on: DeviceID, at: Instant, goesTo: DeviceID)
    /// The device comes online; `goesTo` is nil if the message is on it already.
    case online(DeviceID, goesTo: DeviceID?)
    case sequenceActive
    /// Another revision, through a change of the file or the parameters, or other data of the contacts that it fails for.
    case policy(String, isGuard: Bool, isSuspended: Bool)
    /// Larger limits of the devices of its waitlist, or a larger share of them for bulk messages.
    case limits(isShare: Bool)
    /// An operator's command.
    case command(String)
  }

  /// Where the contact stands on a waitlist; nil if it is on none. Set after the initialiser.
  package var place: WaitlistPlace?
  /// When its waitlist reaches it, as of the explained time; nil without a place, and while its sequence is not active,
  /// because it is passed over then.
  package var forecast: WaitlistForecast? {
    isHeldBySequence ? nil : place.map { WaitlistForecast(of: $0, in: fleet) }
  }

  /// With its current list of policies.
  package let tenant: Tenant
  /// The contact's records, from the same snapshot.
  package let contact: ContactDetails
  /// As of the explained time.
  package let fleet: Fleet
  /// Facts about the devices of `fleet`, as currently recorded.
  package let circumstances: [DeviceKey: DeviceCircumstances]
  /// Defined for every contact, including one that has ended.
  package let state: State
  /// What the policies would decide now if the step were due; nil if the step has a message, the lead opted out, or the
  /// contact has ended.
  package let present: Decided?
  /// What they would decide when the wait ends; nil unless a guard would make the contact wait now.
  package let later: Decided?
  /// The requested recorded decision, or by default the one that queued the contact's last message; nil if there is none
  /// or it cannot be replayed.
  package let past: Decided?

  /// The explained time.
  package var now: Instant { fleet.now }
  /// Whether the sequence's status keeps the contact from being decided and its messages from being sent.
  package var isHeldBySequence: Bool { contact.isHeldBySequence }
  /// The decision that is explained in full.
  package var decided: Decided? { past ?? present }
  /// The latest decision, by a policy or an operator; nil before the first one.
  package var lastDecision: ContactDetails.Decision? { contact.decisions.first }

  /// When the contact continues without anybody's action; nil if it does not, or if the time is unknown.
  package var nextAt: Instant? {
    guard !isHeldBySequence else { return nil }
    switch state {
    case .scheduled(let at), .waiting(let at, _), .unreadable(_, let at): return at
    case .due, .sending: return now
    // It is unknown when sending continues.
    case .queued where self.hold != nil: return nil
    case .queued(_, _, _, let hold, _): return hold.map(\.until) ?? now
    case .unknown, .failed, .completed, .cancelled: return nil
    }
  }

  /// The changes that would make a difference, found by trying them or derived from the contact's state.
  package let changes: [Change]
  /// The hold that keeps the contact's messages from being sent, if the contact has not ended.
  package let hold: SendingHold?
  /// The tenant's own hold, if `hold` is the whole store's: both must be released.
  package var tenantHold: SendingHold?
}

extension ContactDetails {
  /// Whether the enrolment is open but its sequence is not active, so that none of its steps are decided or sent.
  var isHeldBySequence: Bool { sequenceStatus != "active" && status.isOpen }
}

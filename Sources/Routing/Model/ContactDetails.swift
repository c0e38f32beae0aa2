/// Everything on record about one contact.
package struct ContactDetails: Equatable, Sendable {
  /// A message of the enrolment, at most one for each step.
  package struct Message: Equatable, Sendable {
    /// The key by which commands and gateways' logs refer to it.
    package var key: MessageKey
    /// The number of the step that it carries, from 1.
    package var step: Int
    /// The device that sends it or sent it; after a move, the new one.
    package var device: DeviceID
    /// As the row says; a state that this version does not know reads as `unknown`.
    package var status: MessageStatus
    /// The rendered text, as it is or was sent.
    package var content: String
    /// Why it failed, was cancelled or returned last; nil when nothing went wrong.
    package var error: String?
    /// When the decision queued it.
    package var createdAt: Instant
    /// When the gateway accepted it; nil if it has not.
    package var sentAt: Instant?
    /// In order.
    package var attempts: [Attempt]

    /// `attempts` must be in the order of their numbers.
    package init(
      key: MessageKey, step: Int, device: DeviceID, status: MessageStatus, content: String, error: String?,
      createdAt: Instant, sentAt: Instant?, attempts: [Attempt]
    ) {
      self.key = key
      self.step = step
      self.device = device
      self.status = status
      self.content = content
      self.error = error
      self.createdAt = createdAt
      self.sentAt = sentAt
      self.attempts = attempts
    }
  }

  /// One time that a message was handed to a gateway.
  package struct Attempt: Equatable, Sendable {
    /// Counts the attempts of one message, from 1.
    package var number: Int
    /// The device at the time, which may differ from the message's after a move.
    package var device: DeviceID
    /// When the message was claimed.
    package var startedAt: Instant
    /// When the gateway's answer was recorded; nil while the attempt lasts.
    package var finishedAt: Instant?
    /// `accepted`, `unknown`, `refused`, `device_fault` or `not_sent`; nil while it lasts.
    package var outcome: String?
    /// The gateway's words for an outcome other than `accepted`; nil without any.
    package var error: String?

    /// `finishedAt` and `outcome` are nil together, while the attempt lasts.
    package init(
      number: Int, device: DeviceID, startedAt: Instant, finishedAt: Instant?, outcome: String?, error: String?
    ) {
      self.number = number
      self.device = device
      self.startedAt = startedAt
      self.finishedAt = finishedAt
      self.outcome = outcome
      self.error = error
    }
  }

  /// What the policies had chosen where a guard made the contact wait.
  package struct Narrowed: Equatable, Sendable {
    /// As the tenant lists the policy that chose.
    package var policy: String
    /// `sha256:` and 64 hexadecimal digits.
    package var revision: String
    /// `use` or `move`.
    package var outcome: Outcome
    /// The choice that the guard overruled.
    package var device: DeviceID
    /// The choosing policy's reason; the guard's is the decision's.
    package var reason: String

    /// Describes the overruled choice alone: the wait itself is the decision.
    package init(policy: String, revision: String, outcome: Outcome, device: DeviceID, reason: String) {
      self.policy = policy
      self.revision = revision
      self.outcome = outcome
      self.device = device
      self.reason = reason
    }
  }

  /// What a policy, a guard or an operator decided for one step.
  package struct Decision: Equatable, Sendable {
    /// The row's number, which other commands take for it.
    package var number: Int64
    /// The number of the step that was decided, from 1.
    package var step: Int
    /// As admitted, after guards.
    package var outcome: Outcome
    /// Set for `use` and `move`.
    package var device: DeviceID?
    /// The policy's, the guard's or the operator's words.
    package var reason: String
    /// Nil where an operator decided.
    package var policy: String?
    /// `sha256:` and 64 hexadecimal digits; nil where an operator decided.
    package var revision: String?
    /// Budget used: virtual machine instructions and charges of library functions.
    package var instructions: Int64
    /// What the policy noted while it decided, in order.
    package var notes: [String]
    /// What kind of fault made the contact wait; nil without one.
    package var faultKind: String?
    /// Nil where no guard had a say.
    package var narrowed: Narrowed?
    /// The end of a wait; nil for all other outcomes.
    package var until: Instant?
    /// The `now` of the cycle that decided.
    package var at: Instant

    /// `policy` and `revision` are nil together, where an operator decided.
    package init(
      number: Int64, step: Int, outcome: Outcome, device: DeviceID?, reason: String, policy: String?,
      revision: String?, instructions: Int64, notes: [String], faultKind: String?, narrowed: Narrowed?,
      until: Instant?, at: Instant
    ) {
      self.number = number
      self.step = step
      self.outcome = outcome
      self.device = device
      self.reason = reason
      self.policy = policy
      self.revision = revision
      self.instructions = instructions
      self.notes = notes
      self.faultKind = faultKind
      self.narrowed = narrowed
      self.until = until
      self.at = at
    }
  }

  /// The contact's device from a moment on.
  package struct Assignment: Equatable, Sendable {
    /// The device that the contact belongs to until the next assignment.
    package var device: DeviceID
    /// Why it was given: a policy's reason, or an operator's.
    package var reason: String
    /// A person, or `usher` for what policies did.
    package var actor: String
    /// When the assignment took effect.
    package var at: Instant

    /// An assignment has no end of its own: the next one ends it.
    package init(
      device: DeviceID, reason: String, actor: String, at: Instant
    ) {
      self.device = device
      self.reason = reason
      self.actor = actor
      self.at = at
    }
  }

  /// `sequence/lead`.
  package var id: ContactID
  /// The lead's external id.
  package var lead: String
  /// The lead's name; nil when it has none.
  package var name: String?
  /// A copy of the lead's number, kept up to date while the enrolment is open.
  package var phone: String
  /// The sequence's external id.
  package var sequence: String
  /// `active`, or why nothing of the sequence is decided or sent: `draft`, `paused`, `archived`.
  package var sequenceStatus: String
  /// Where the current step stands.
  package var status: EnrolmentStatus
  /// The number of the current step, from 1.
  package var step: Int
  /// How many steps the sequence has now.
  package var steps: Int
  /// Nil while the contact belongs to no device.
  package var assignedDevice: DeviceID?
  /// When the current step became, or becomes, due.
  package var dueAt: Instant
  /// When it is looked at next; nil while a message carries the step, and at the end.
  package var nextAt: Instant?
  /// Why the current state is what it is; nil where it needs no reason.
  package var reason: String?
  /// When the enrolment was made.
  package var enrolledAt: Instant
  /// When it completed, failed or was cancelled; nil while it is open.
  package var endedAt: Instant?
  /// When the lead opted out, of all its sequences; nil if it did not.
  package var optedOutAt: Instant?
  /// By step.
  package var messages: [Message]
  /// Latest first, as many as were asked for.
  package var decisions: [Decision]
  /// Oldest first.
  package var assignments: [Assignment]

  /// Lists must be in the orders that the fields state.
  package init(
    id: ContactID, lead: String, name: String?, phone: String, sequence: String, sequenceStatus: String,
    status: EnrolmentStatus, step: Int, steps: Int, assignedDevice: DeviceID?, dueAt: Instant, nextAt: Instant?,
    reason: String?, enrolledAt: Instant, endedAt: Instant?, optedOutAt: Instant?, messages: [Message],
    decisions: [Decision], assignments: [Assignment]
  ) {
    self.id = id
    self.lead = lead
    self.name = name
    self.phone = phone
    self.sequence = sequence
    self.sequenceStatus = sequenceStatus
    self.status = status
    self.step = step
    self.steps = steps
    self.assignedDevice = assignedDevice
    self.dueAt = dueAt
    self.nextAt = nextAt
    self.reason = reason
    self.enrolledAt = enrolledAt
    self.endedAt = endedAt
    self.optedOutAt = optedOutAt
    self.messages = messages
    self.decisions = decisions
    self.assignments = assignments
  }
}

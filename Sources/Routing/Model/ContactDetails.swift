/// Everything that the store holds about one contact.
package struct ContactDetails: Equatable, Sendable {
  /// A message of the enrolment, at most one for each step.
  package struct Message: Equatable, Sendable {
    /// The key that commands and gateway logs use for it.
    package var key: MessageKey
    /// The number of the step that it belongs to, from 1.
    package var step: Int
    /// The device that sends or sent it; after a move, the new device.
    package var device: DeviceID
    /// As stored; a status unknown to this version reads as `unknown`.
    package var status: MessageStatus
    /// The rendered text, as it is or was sent.
    package var content: String
    /// Why it failed, was cancelled or was last returned to the queue; nil if nothing went wrong.
    package var error: String?
    /// When the decision queued it.
    package var createdAt: Instant
    /// When the gateway accepted it; nil if it has not.
    package var sentAt: Instant?
    /// In order of their numbers.
    package var attempts: [Attempt]
    /// Its place in the device's queue: more urgent messages are sent first.
    package var priority: Priority

    /// `attempts` must be in order of their numbers.
    package init(
      key: MessageKey, step: Int, device: DeviceID, status: MessageStatus, content: String, error: String?,
      createdAt: Instant, sentAt: Instant?, attempts: [Attempt], priority: Priority = .normal
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
      self.priority = priority
    }
  }

  /// One call of a gateway for a message.
  package struct Attempt: Equatable, Sendable {
    /// The attempt's number within its message, from 1.
    package var number: Int
    /// The device of this attempt. It differs from the message's device after a move.
    package var device: DeviceID
    /// When the message was claimed.
    package var startedAt: Instant
    /// When the gateway's answer was recorded; nil while the attempt runs.
    package var finishedAt: Instant?
    /// `accepted`, `unknown`, `refused`, `device_fault` or `not_sent`; nil while it runs.
    package var outcome: String?
    /// The gateway's error text for outcomes other than `accepted`; nil if there was none.
    package var error: String?

    /// `finishedAt` and `outcome` are both nil while the attempt runs.
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

  /// A policy's choice that a guard replaced with a wait.
  package struct Narrowed: Equatable, Sendable {
    /// The choosing policy's name in the tenant's list.
    package var policy: String
    /// `sha256:` and 64 hexadecimal digits.
    package var revision: String
    /// `use` or `move`.
    package var outcome: Outcome
    /// The choice that the guard overruled.
    package var device: DeviceID
    /// The choosing policy's reason. The guard's reason is the decision's `reason`.
    package var reason: String
    /// The code of the reason; nil if the policy wrote it.
    package var code: ReasonCode?

    /// Describes the overruled choice only; the decision itself is the wait.
    package init(
      policy: String, revision: String, outcome: Outcome, device: DeviceID, reason: String, code: ReasonCode?
    ) {
      self.code = code
      self.policy = policy
      self.revision = revision
      self.outcome = outcome
      self.device = device
      self.reason = reason
    }
  }

  /// What a policy, a guard or an operator decided for one step.
  package struct Decision: Equatable, Sendable {
    /// The decision's number, which other commands accept.
    package var number: Int64
    /// The number of the step that was decided, from 1.
    package var step: Int
    /// After admission and guards.
    package var outcome: Outcome
    /// Set for `use` and `move`.
    package var device: DeviceID?
    /// The reason given by the policy, the guard or the operator.
    package var reason: String
    /// The code of the reason; nil if a script or an operator wrote it.
    package var code: ReasonCode?
    /// Nil for an operator's decision.
    package var policy: String?
    /// `sha256:` and 64 hexadecimal digits; nil for an operator's decision.
    package var revision: String?
    /// Budget used: virtual machine instructions and the costs of library functions.
    package var instructions: Int64
    /// The policy's notes, in order.
    package var notes: [String]
    /// The kind of fault that made the contact wait; nil without a fault.
    package var faultKind: String?
    /// Nil unless a guard overruled a choice.
    package var narrowed: Narrowed?
    /// The end of a wait; nil for all other outcomes.
    package var until: Instant?
    /// What a contact on a waitlist waits for; nil for other outcomes, and for a wait that only ends at a time.
    package var waitlist: Waitlist?
    /// The `now` of the cycle that decided.
    package var at: Instant

    /// `policy` and `revision` are both nil for an operator's decision.
    package init(
      number: Int64, step: Int, outcome: Outcome, device: DeviceID?, reason: String, code: ReasonCode?, policy: String?,
      revision: String?, instructions: Int64, notes: [String], faultKind: String?, narrowed: Narrowed?,
      until: Instant?, waitlist: Waitlist? = nil, at: Instant
    ) {
      self.number = number
      self.step = step
      self.outcome = outcome
      self.device = device
      self.reason = reason
      self.code = code
      self.policy = policy
      self.revision = revision
      self.instructions = instructions
      self.notes = notes
      self.faultKind = faultKind
      self.narrowed = narrowed
      self.until = until
      self.waitlist = waitlist
      self.at = at
    }
  }

  /// A period in which the contact belongs to one device. It lasts until the next assignment.
  package struct Assignment: Equatable, Sendable {
    /// The device that the contact belongs to from `at` on.
    package var device: DeviceID
    /// The reason of the policy or the operator.
    package var reason: String
    /// A person's name, or `usher` for an assignment by a policy.
    package var actor: String
    /// When the assignment took effect.
    package var at: Instant

    /// The next assignment ends this one, so there is no end time.
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
  /// The lead's name; nil if it has none.
  package var name: String?
  /// A copy of the lead's number, kept up to date while the enrolment is open.
  package var phone: String
  /// The sequence's external id.
  package var sequence: String
  /// `active`, or the reason why no step of the sequence is decided or sent: `draft`, `paused`, `archived`.
  package var sequenceStatus: String
  /// The state of the current step.
  package var status: EnrolmentStatus
  /// The number of the current step, from 1.
  package var step: Int
  /// How many steps the sequence has now.
  package var steps: Int
  /// The current step's priority.
  package var priority = Priority.normal
  /// Nil if no device is assigned.
  package var assignedDevice: DeviceID?
  /// When the current step became, or becomes, due.
  package var dueAt: Instant
  /// When it is processed next; nil while the step has a message and after the end.
  package var nextAt: Instant?
  /// The waitlist on which it stands; nil for a contact that does not wait, or whose wait only ends at a time.
  package var waitlist: Waitlist?
  /// Why the enrolment is in its current state; nil if the state needs no reason.
  package var reason: String?
  /// The code of the reason; nil if a script, a person or a gateway wrote it.
  package var code: ReasonCode?
  /// When the enrolment was created.
  package var enrolledAt: Instant
  /// When it completed, failed or was cancelled; nil while it is open.
  package var endedAt: Instant?
  /// When the lead opted out of all its sequences; nil if it did not.
  package var optedOutAt: Instant?
  /// In order of their steps.
  package var messages: [Message]
  /// The priority of the message that is queued on a device; nil without one. The step's, unless an operator changed the
  /// message's or an import the step's.
  package var queuedPriority: Priority? { messages.last { $0.status == .pending }?.priority }
  /// Latest first, at most as many as requested.
  package var decisions: [Decision]
  /// Oldest first.
  package var assignments: [Assignment]

  /// The lists must be in the order that their properties state.
  package init(
    id: ContactID, lead: String, name: String?, phone: String, sequence: String, sequenceStatus: String,
    status: EnrolmentStatus, step: Int, steps: Int, assignedDevice: DeviceID?, dueAt: Instant, nextAt: Instant?,
    reason: String?, code: ReasonCode?, enrolledAt: Instant, endedAt: Instant?, optedOutAt: Instant?,
    messages: [Message],
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
    self.code = code
    self.enrolledAt = enrolledAt
    self.endedAt = endedAt
    self.optedOutAt = optedOutAt
    self.messages = messages
    self.decisions = decisions
    self.assignments = assignments
  }
}

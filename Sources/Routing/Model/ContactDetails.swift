/// Everything on record about one contact.
package struct ContactDetails: Equatable, Sendable {
  package struct Message: Equatable, Sendable {
    package var key: MessageKey
    package var step: Int
    package var device: DeviceID
    package var status: MessageStatus
    package var content: String
    package var error: String?
    package var createdAt: Instant
    package var sentAt: Instant?
    /// In order.
    package var attempts: [Attempt]

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

  package struct Attempt: Equatable, Sendable {
    package var number: Int
    package var device: DeviceID
    package var startedAt: Instant
    package var finishedAt: Instant?
    /// `accepted`, `unknown`, `refused`, `device_fault` or `not_sent`; nil while it lasts.
    package var outcome: String?
    package var error: String?

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
    package var policy: String
    package var revision: String
    package var outcome: Outcome
    package var device: DeviceID
    package var reason: String

    package init(policy: String, revision: String, outcome: Outcome, device: DeviceID, reason: String) {
      self.policy = policy
      self.revision = revision
      self.outcome = outcome
      self.device = device
      self.reason = reason
    }
  }

  package struct Decision: Equatable, Sendable {
    /// The row's number, which other commands take for it.
    package var number: Int64
    package var step: Int
    package var outcome: Outcome
    package var device: DeviceID?
    package var reason: String
    /// Nil where an operator decided.
    package var policy: String?
    package var revision: String?
    package var instructions: Int64
    package var notes: [String]
    /// What kind of fault made the contact wait; nil without one.
    package var faultKind: String?
    /// Nil where no guard had a say.
    package var narrowed: Narrowed?
    package var until: Instant?
    package var at: Instant

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

  package struct Assignment: Equatable, Sendable {
    package var device: DeviceID
    package var reason: String
    package var actor: String
    package var at: Instant

    package init(
      device: DeviceID, reason: String, actor: String, at: Instant
    ) {
      self.device = device
      self.reason = reason
      self.actor = actor
      self.at = at
    }
  }

  package var id: ContactID
  package var lead: String
  package var name: String?
  package var phone: String
  package var sequence: String
  /// `active`, or why nothing of the sequence is decided or sent: `draft`, `paused`, `archived`.
  package var sequenceStatus: String
  package var status: EnrolmentStatus
  package var step: Int
  package var steps: Int
  package var assignedDevice: DeviceID?
  package var dueAt: Instant
  /// When it is looked at next; nil while a message carries the step, and at the end.
  package var nextAt: Instant?
  package var reason: String?
  package var enrolledAt: Instant
  package var endedAt: Instant?
  package var optedOutAt: Instant?
  /// By step.
  package var messages: [Message]
  /// Latest first, as many as were asked for.
  package var decisions: [Decision]
  /// Oldest first.
  package var assignments: [Assignment]

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

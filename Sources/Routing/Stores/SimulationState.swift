/// The state of a store at one time, copied out of it as the start of a simulation.
///
/// Compact, because it holds every open enrolment: texts shared by many rows are stored once.
package struct SimulationState: Sendable {
  /// All tenants of the store, in order of their keys.
  package var tenants: [TenantState]
  /// The last keys assigned in the whole store; new rows get the keys after them.
  package var lastEnrolment: EnrolmentKey
  /// The last message key; keys are unique over all tenants.
  package var lastMessage: MessageKey
  /// Looks up the time zones of tenants and leads.
  package let zones: any ZoneOffsets
  /// Whether the leading process ignores edited policy files.
  package var isPinned = false
  /// Pauses of devices that ended by this time have ended the waits that they caused.
  package var pausesUntil = Instant(milliseconds: 0)

  /// Assumes a leader that applies edited files; set `isPinned` otherwise.
  package init(
    tenants: [TenantState], lastEnrolment: EnrolmentKey, lastMessage: MessageKey, zones: any ZoneOffsets
  ) {
    self.zones = zones
    self.tenants = tenants
    self.lastEnrolment = lastEnrolment
    self.lastMessage = lastMessage
  }
}

/// One tenant's part of the state. Devices, sequences and enrolments are in order of their keys, and referred to by
/// index.
package struct TenantState: Sendable {
  /// With its policies and parameters from the store.
  package let tenant: Tenant
  /// The tenant's current generation; nil before its first cycle.
  package var generation: PolicyGeneration?
  /// The sources of its policy files that were accepted or held.
  package var texts: [PolicyText] = []
  /// Which waits are being decided again after a change; nil for none.
  package var openWake: WakeScope?
  /// The last answers of its revisions that failed for some contacts, by policy.
  package var streaks: [PolicyStreak] = []
  /// Includes retired devices: contacts may still be assigned to them.
  package var devices: [DeviceState] = []
  /// Active and inactive sequences; triggers start only active ones.
  package var sequences: [SequenceState] = []
  /// Open enrolments, and those with an unsent message.
  package var enrolments: [EnrolmentState] = []
  /// Messages that are pending or being sent, in order of their keys.
  package var messages: [MessageState] = []
  /// Messages that were sent, or may have been, in the last 24 hours to leads of the enrolments; oldest first.
  package var sent: [SentState] = []
  /// Existing messages for steps that their enrolment has not reached yet, which occur in imported histories.
  package var carried: [CarriedStep: CarriedMessage] = [:]
  /// Open triggers that match an active sequence, oldest first.
  package var triggers: [TriggerState] = []
  /// Evenly sampled leads of the tenant, as models for simulated arrivals.
  package var models: [LeadState] = []

  /// A tenant without rows; the reader adds them.
  package init(tenant: Tenant) { self.tenant = tenant }

  /// The indices of the active sequences that a trigger starts: those with exactly its name and a first step.
  package func matches(of trigger: String) -> [Int] {
    sequences.indices.filter {
      sequences[$0].isActive && sequences[$0].trigger == trigger && sequences[$0].steps[1] != nil
    }
  }
}

/// A device with its recent sends and failures.
package struct DeviceState: Sendable {
  /// As stored, including pause and pace.
  package var device: Device
  /// Sends of the last 24 hours.
  package var sends = RecentSends()
  /// Attempts that failed in the last 60 minutes, oldest first; milliseconds.
  package var failures: [Int64] = []

  /// A device without sends and failures.
  package init(device: Device) { self.device = device }
}

/// A sequence with its steps.
package struct SequenceState: Sendable {
  /// One message of the sequence.
  package struct Step: Sendable {
    /// The delay from the previous step, or from the trigger, to this step.
    package let delayMilliseconds: Int64
    /// The template, not yet rendered.
    package let content: String
    /// The priority of the step's messages.
    package let priority: Priority

    /// The values come from the store.
    package init(delayMilliseconds: Int64, content: String, priority: Priority = .normal) {
      (self.delayMilliseconds, self.content, self.priority) = (delayMilliseconds, content, priority)
    }
  }

  /// The external id, unique within the tenant.
  package let id: String
  /// The event that starts it; nil if leads are only enrolled by imports.
  package let trigger: String?
  /// Whether its steps are decided and its messages sent.
  package let isActive: Bool
  /// Keyed by number, from 1.
  package var steps: [Int: Step] = [:]

  /// A sequence without steps; the reader adds them.
  package init(id: String, trigger: String?, isActive: Bool) {
    (self.id, self.trigger, self.isActive) = (id, trigger, isActive)
  }
}

/// The properties of a lead that decisions read.
package struct LeadState: Sendable {
  /// The row; generated leads of a simulation have keys of their own.
  package var key: LeadKey
  /// In E.164 form if `isReadable`.
  package var phone: String
  /// As imported; nil if it has none.
  package var name: String?
  /// In the order given, without duplicates.
  package var tags: [String]
  /// In the order given; names are unique.
  package var attributes: [Parameter]
  /// An IANA zone; nil for the tenant's zone.
  package var timeZone: String?
  /// The index of the lead's own device. An enrolment's device is the one assigned to it.
  package var device: Int?
  /// Whether the lead opted out.
  package var isOptedOut: Bool
  /// False if the row's lists, or an enrolment's number, cannot be decoded.
  package var isReadable: Bool

  /// By default a readable lead in the tenant's time zone.
  package init(
    key: LeadKey, phone: String, name: String?, tags: [String], attributes: [Parameter], timeZone: String? = nil,
    device: Int? = nil, isOptedOut: Bool, isReadable: Bool = true
  ) {
    self.key = key
    self.timeZone = timeZone
    self.phone = phone
    self.name = name
    self.tags = tags
    self.attributes = attributes
    self.device = device
    self.isOptedOut = isOptedOut
    self.isReadable = isReadable
  }
}

/// An enrolment in the form that cycles read and change.
package struct EnrolmentState: Sendable {
  /// The row. At equal `nextAt`, the smaller key is decided first.
  package let key: EnrolmentKey
  /// `sequence/lead`.
  package let id: ContactID
  /// A copy: `models` and other enrolments have their own.
  package let lead: LeadState
  /// The index in the tenant's sequences.
  package let sequence: Int
  /// The number of the current step, from 1.
  package var step: Int
  /// The state of the current step.
  package var status: EnrolmentStatus
  /// When the current step became, or becomes, due.
  package var dueAt: Instant
  /// When it is processed next; set for `scheduled` and `waiting`.
  package var nextAt: Instant?
  /// How many decisions about the current step queued no message.
  package var attempts: Int
  /// The contact's own faults in a row.
  package var faults: Int
  /// The index of the assigned device; nil if none is assigned.
  package var assigned: Int?
  /// The index of the device that sent its last message; nil before the first.
  package var lastDevice: Int?
  /// How often a policy moved it to another device.
  package var moves: Int
  /// The waitlist that it stands on; nil for other states, and for waits that only end at a time.
  package var waitlist: Waitlist?
  /// The priority of its step when the wait began.
  package var priority = Priority.normal
  /// The answer that made it wait; nil after a fault, and for other states.
  package var answer: WaitAnswer?

  /// By default a contact without moves and faults, on no waitlist.
  package init(
    key: EnrolmentKey, id: ContactID, lead: LeadState, sequence: Int, step: Int, status: EnrolmentStatus,
    dueAt: Instant, nextAt: Instant?, attempts: Int, assigned: Int?, lastDevice: Int?, moves: Int = 0,
    faults: Int = 0
  ) {
    self.key = key
    self.id = id
    self.lead = lead
    self.sequence = sequence
    self.step = step
    self.status = status
    self.dueAt = dueAt
    self.nextAt = nextAt
    self.attempts = attempts
    self.assigned = assigned
    self.lastDevice = lastDevice
    self.moves = moves
    self.faults = faults
  }
}

/// A message that counts towards a lead's `messages_day`.
package struct SentState: Sendable {
  /// The recipient, in any sequence.
  package let lead: LeadKey
  /// When it was sent, or may have been.
  package let at: Instant

  /// Both values belong to one message.
  package init(lead: LeadKey, at: Instant) { (self.lead, self.at) = (lead, at) }
}

/// A message that has not been sent.
package struct MessageState: Sendable {
  /// The row; a device's queue is in order of priorities, then of keys.
  package let key: MessageKey
  /// The index of the device that it is queued on.
  package let device: Int
  /// The index of its enrolment.
  package let enrolment: Int
  /// The number of its step, from 1.
  package let step: Int
  /// When the decision queued it.
  package let createdAt: Instant
  /// Whether a process has claimed it, so that it may be sent at any time.
  package let isBeingSent: Bool
  /// More urgent messages are sent first.
  package let priority: Priority

  /// By default a pending message.
  package init(
    key: MessageKey, device: Int, enrolment: Int, step: Int, createdAt: Instant, isBeingSent: Bool = false,
    priority: Priority = .normal
  ) {
    self.key = key
    self.device = device
    self.enrolment = enrolment
    self.step = step
    self.createdAt = createdAt
    self.isBeingSent = isBeingSent
    self.priority = priority
  }
}

/// Identifies a step of an enrolment, as the key of `carried`.
package struct CarriedStep: Hashable, Sendable {
  /// The enrolment's row, which stays valid when indices change.
  package let enrolment: EnrolmentKey
  /// The step's number, from 1.
  package let step: Int
  /// `step` must not be before the enrolment's current step.
  package init(enrolment: EnrolmentKey, step: Int) { (self.enrolment, self.step) = (enrolment, step) }
}

/// The message that such a step already has.
package struct CarriedMessage: Sendable {
  /// Determines the state that the enrolment takes at this step.
  package let status: MessageStatus
  /// When it was sent; nil if it was not.
  package let sentAt: Instant?
  /// `sentAt` must be set only for a message that was sent.
  package init(status: MessageStatus, sentAt: Instant?) { (self.status, self.sentAt) = (status, sentAt) }
}

/// An open trigger of a lead that has not opted out.
package struct TriggerState: Sendable {
  /// The event that starts matching sequences.
  package let name: String
  /// The lead's external id, which becomes part of the enrolment's id.
  package let leadID: String
  /// Its `device` is the index of the lead's own device.
  package let lead: LeadState
  /// When it was set.
  package let createdAt: Instant
  /// When it is processed next; nil for the next cycle.
  package var nextAt: Instant?
  /// Indices of matching sequences in which the lead is already enrolled.
  package var enrolledIn: [Int]
  /// Indices of matching sequences in which the enrolment's id belongs to another lead.
  package var takenIn: [Int]

  /// By default a trigger to process in the next cycle, of a lead without enrolments.
  package init(
    name: String, leadID: String, lead: LeadState, createdAt: Instant, nextAt: Instant? = nil, enrolledIn: [Int] = [],
    takenIn: [Int] = []
  ) {
    self.name = name
    self.leadID = leadID
    self.lead = lead
    self.createdAt = createdAt
    self.nextAt = nextAt
    self.enrolledIn = enrolledIn
    self.takenIn = takenIn
  }
}

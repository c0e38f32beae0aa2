/// What goes on in a store from one moment, copied out of it: what a simulation starts from.
///
/// Small, since it holds every open enrolment: texts that many rows share are shared here too.
package struct SimulationState: Sendable {
  /// All of the store, in the order of their keys.
  package var tenants: [TenantState]
  /// The last keys given in the whole store: what is made from here on gets the ones after them.
  package var lastEnrolment: EnrolmentKey
  /// The same for messages: keys are unique over all tenants.
  package var lastMessage: MessageKey
  /// Where the tenants and their leads are, the store knows by name.
  package let zones: any ZoneOffsets
  /// The process that leads takes no edited file.
  package var isPinned = false

  /// For a leader that takes edited files, unless `isPinned` is set.
  package init(
    tenants: [TenantState], lastEnrolment: EnrolmentKey, lastMessage: MessageKey, zones: any ZoneOffsets
  ) {
    self.zones = zones
    self.tenants = tenants
    self.lastEnrolment = lastEnrolment
    self.lastMessage = lastMessage
  }
}

/// One tenant's part of an state. Devices, sequences and enrolments are in the order of their keys, and named by their
/// places in it.
package struct TenantState: Sendable {
  /// With its policies and parameters as the store has them.
  package let tenant: Tenant
  /// What decides for the tenant; nil before its first cycle.
  package var generation: PolicyGeneration?
  /// Texts of its policy files that were dealt with.
  package var texts: [PolicyText] = []
  /// Failures in a row of its revisions, by policy.
  package var streaks: [PolicyStreak] = []
  /// Retired ones too: contacts may still belong to them.
  package var devices: [DeviceState] = []
  /// Those of all states: only active ones start.
  package var sequences: [SequenceState] = []
  /// The open ones, and those whose message has not left.
  package var enrolments: [EnrolmentState] = []
  /// Pending and being sent, in the order of their keys.
  package var messages: [MessageState] = []
  /// Messages that were sent, or may have been, in the last 24 hours to leads of the enrolments, oldest first.
  package var sent: [SentState] = []
  /// Messages that carry a step which its enrolment has still before it: of imported histories.
  package var carried: [CarriedStep: CarriedMessage] = [:]
  /// Open triggers that match an active sequence, the oldest first.
  package var triggers: [TriggerState] = []
  /// Leads that stand for the tenant's others, at even distances, for simulated arrivals.
  package var models: [LeadState] = []

  /// A tenant without rows; the reader adds them.
  package init(tenant: Tenant) { self.tenant = tenant }

  /// Places of the active sequences that a trigger starts: those with its name, whole, and a first step.
  package func matches(of trigger: String) -> [Int] {
    sequences.indices.filter {
      sequences[$0].isActive && sequences[$0].trigger == trigger && sequences[$0].steps[1] != nil
    }
  }
}

/// A device with what it sent and failed at lately.
package struct DeviceState: Sendable {
  /// As its row stands: pauses and pace included.
  package var device: Device
  /// Back to 24 hours.
  package var sends = RecentSends()
  /// Attempts that failed in the last 60 minutes, oldest first; milliseconds.
  package var failures: [Int64] = []

  /// A device that has sent nothing and failed at nothing.
  package init(device: Device) { self.device = device }
}

/// A sequence with its steps.
package struct SequenceState: Sendable {
  /// One message of the sequence.
  package struct Step: Sendable {
    /// From the step before, or from the trigger, to this step.
    package let delayMilliseconds: Int64
    /// The template, not yet rendered.
    package let content: String

    /// Both as the store has them.
    package init(delayMilliseconds: Int64, content: String) {
      (self.delayMilliseconds, self.content) = (delayMilliseconds, content)
    }
  }

  /// The external id, unique within the tenant.
  package let id: String
  /// The event that starts it; nil for one that only imports enrol into.
  package let trigger: String?
  /// Whether its steps are decided and its messages sent.
  package let isActive: Bool
  /// By their numbers, from 1.
  package var steps: [Int: Step] = [:]

  /// A sequence without steps; the reader adds them.
  package init(id: String, trigger: String?, isActive: Bool) {
    (self.id, self.trigger, self.isActive) = (id, trigger, isActive)
  }
}

/// What decisions read of a lead.
package struct LeadState: Sendable {
  /// The row; made-up leads of a simulation have keys of their own.
  package var key: LeadKey
  /// In E.164 form, where `isReadable`.
  package var phone: String
  /// As imported; nil when it has none.
  package var name: String?
  /// In the order given, without repetition.
  package var tags: [String]
  /// In the order given; names are unique.
  package var attributes: [Parameter]
  /// An IANA zone; nil where it is the tenant's.
  package var timeZone: String?
  /// The place of the lead's own device; an enrolment's is its assignment's.
  package var device: Int?
  /// Whether it asked not to be written to.
  package var isOptedOut: Bool
  /// False when the row's lists, or an enrolment's number, cannot be read.
  package var isReadable: Bool

  /// A readable lead in the tenant's time zone unless told otherwise.
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

/// An enrolment as cycles read and change it.
package struct EnrolmentState: Sendable {
  /// The row; at equal `nextAt`, the smaller key is decided first.
  package let key: EnrolmentKey
  /// `sequence/lead`.
  package let id: ContactID
  /// A copy: `models` and other enrolments hold their own.
  package let lead: LeadState
  /// The place among the tenant's sequences.
  package let sequence: Int
  /// The number of the current step, from 1.
  package var step: Int
  /// Where the current step stands.
  package var status: EnrolmentStatus
  /// When the current step became, or becomes, due.
  package var dueAt: Instant
  /// When it wants to be looked at; set for `scheduled` and `waiting`.
  package var nextAt: Instant?
  /// How often the current step was decided without a message.
  package var attempts: Int
  /// The place of its device; nil while it belongs to none.
  package var assigned: Int?
  /// The place of the device that sent its last message; nil before the first.
  package var lastDevice: Int?
  /// How often a policy gave it another device.
  package var moves: Int

  /// A contact that no policy moved, unless `moves` is given.
  package init(
    key: EnrolmentKey, id: ContactID, lead: LeadState, sequence: Int, step: Int, status: EnrolmentStatus,
    dueAt: Instant, nextAt: Instant?, attempts: Int, assigned: Int?, lastDevice: Int?, moves: Int = 0
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
  }
}

/// A message that counts against a lead's day.
package struct SentState: Sendable {
  /// The lead that got it, in whichever sequence.
  package let lead: LeadKey
  /// When it was sent, or may have been.
  package let at: Instant

  /// Both are those of one message.
  package init(lead: LeadKey, at: Instant) { (self.lead, self.at) = (lead, at) }
}

/// A message that has not left.
package struct MessageState: Sendable {
  /// The row, which orders a device's queue.
  package let key: MessageKey
  /// The place of the device that it waits on.
  package let device: Int
  /// The place of the enrolment that it belongs to.
  package let enrolment: Int
  /// The number of the step that it carries, from 1.
  package let step: Int
  /// When the decision queued it.
  package let createdAt: Instant
  /// Whether a process has claimed it, so that it may leave at any moment.
  package let isBeingSent: Bool

  /// A pending message unless told otherwise.
  package init(
    key: MessageKey, device: Int, enrolment: Int, step: Int, createdAt: Instant, isBeingSent: Bool = false
  ) {
    self.key = key
    self.device = device
    self.enrolment = enrolment
    self.step = step
    self.createdAt = createdAt
    self.isBeingSent = isBeingSent
  }
}

/// Names a step of one enrolment, as the key of `carried`.
package struct CarriedStep: Hashable, Sendable {
  /// The enrolment's row, which stays when places shift.
  package let enrolment: EnrolmentKey
  /// The step's number, from 1.
  package let step: Int
  /// `step` must lie at or after the enrolment's current one.
  package init(enrolment: EnrolmentKey, step: Int) { (self.enrolment, self.step) = (enrolment, step) }
}

/// The message that such a step has already.
package struct CarriedMessage: Sendable {
  /// The enrolment takes the state that follows from it.
  package let status: MessageStatus
  /// When it left; nil if it has not.
  package let sentAt: Instant?
  /// `sentAt` belongs to a message that has left.
  package init(status: MessageStatus, sentAt: Instant?) { (self.status, self.sentAt) = (status, sentAt) }
}

/// An open trigger of a lead that did not opt out.
package struct TriggerState: Sendable {
  /// The event; matching sequences start by it.
  package let name: String
  /// The lead's external id, of which the enrolment's id is made.
  package let leadID: String
  /// Its `device` is the place of the lead's own device.
  package let lead: LeadState
  /// Looked at no earlier; nil at once.
  package var nextAt: Instant?
  /// Places of matching sequences that the lead is enrolled in already.
  package var enrolledIn: [Int]
  /// Places of matching sequences in which its enrolment's id belongs to another lead.
  package var takenIn: [Int]

  /// A trigger to be looked at at once, of a lead that is enrolled nowhere, unless told otherwise.
  package init(
    name: String, leadID: String, lead: LeadState, nextAt: Instant? = nil, enrolledIn: [Int] = [], takenIn: [Int] = []
  ) {
    self.name = name
    self.leadID = leadID
    self.lead = lead
    self.nextAt = nextAt
    self.enrolledIn = enrolledIn
    self.takenIn = takenIn
  }
}

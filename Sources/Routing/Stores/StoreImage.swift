/// What goes on in a store from one moment, copied out of it: what a simulation starts from.
///
/// Small, since it holds every open enrolment: texts that many rows share are shared here too.
package struct StoreImage: Sendable {
  package var tenants: [TenantImage]
  /// The last keys given in the whole store: what is made from here on gets the ones after them.
  package var lastEnrolment: EnrolmentKey
  package var lastMessage: MessageKey
  /// Where the tenants and their leads are, the store knows by name.
  package let zones: any ZoneOffsets
  /// The process that leads takes no edited file.
  package var isPinned = false

  package init(
    tenants: [TenantImage], lastEnrolment: EnrolmentKey, lastMessage: MessageKey, zones: any ZoneOffsets
  ) {
    self.zones = zones
    self.tenants = tenants
    self.lastEnrolment = lastEnrolment
    self.lastMessage = lastMessage
  }
}

/// One tenant's part of an image. Devices, sequences and enrolments are in the order of their keys, and named by their
/// places in it.
package struct TenantImage: Sendable {
  package let tenant: Tenant
  /// What decides for the tenant; nil before its first cycle.
  package var generation: PolicyGeneration?
  /// Texts of its policy files that were dealt with.
  package var texts: [PolicyText] = []
  package var streaks: [PolicyStreak] = []
  /// Retired ones too: contacts may still belong to them.
  package var devices: [DeviceImage] = []
  package var sequences: [SequenceImage] = []
  /// The open ones, and those whose message has not left.
  package var enrolments: [EnrolmentImage] = []
  /// Pending and being sent, in the order of their keys.
  package var messages: [MessageImage] = []
  /// Messages that were sent, or may have been, in the last 24 hours to leads of the enrolments, oldest first.
  package var sent: [SentImage] = []
  /// Messages that carry a step which its enrolment has still before it: of imported histories.
  package var carried: [CarriedStep: CarriedMessage] = [:]
  /// Open triggers that match an active sequence, the oldest first.
  package var triggers: [TriggerImage] = []
  package var models: [LeadImage] = []

  package init(tenant: Tenant) { self.tenant = tenant }

  /// Places of the active sequences that a trigger starts: those with its name, whole, and a first step.
  package func matches(of trigger: String) -> [Int] {
    sequences.indices.filter {
      sequences[$0].isActive && sequences[$0].trigger == trigger && sequences[$0].steps[1] != nil
    }
  }
}

package struct DeviceImage: Sendable {
  package var device: Device
  package var sends = RecentSends()
  /// Attempts that failed in the last 60 minutes, oldest first; milliseconds.
  package var failures: [Int64] = []

  package init(device: Device) { self.device = device }
}

package struct SequenceImage: Sendable {
  package struct Step: Sendable {
    package let delayMilliseconds: Int64
    package let content: String

    package init(delayMilliseconds: Int64, content: String) {
      (self.delayMilliseconds, self.content) = (delayMilliseconds, content)
    }
  }

  package let id: String
  package let trigger: String?
  package let isActive: Bool
  /// By their numbers, from 1.
  package var steps: [Int: Step] = [:]

  package init(id: String, trigger: String?, isActive: Bool) {
    (self.id, self.trigger, self.isActive) = (id, trigger, isActive)
  }
}

/// What decisions read of a lead.
package struct LeadImage: Sendable {
  package var key: LeadKey
  package var phone: String
  package var name: String?
  package var tags: [String]
  package var attributes: [Parameter]
  /// An IANA zone; nil where it is the tenant's.
  package var timeZone: String?
  /// The place of the lead's own device; an enrolment's is its assignment's.
  package var device: Int?
  package var isOptedOut: Bool
  /// False when the row's lists, or an enrolment's number, cannot be read.
  package var isReadable: Bool

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

package struct EnrolmentImage: Sendable {
  package let key: EnrolmentKey
  package let id: ContactID
  package let lead: LeadImage
  package let sequence: Int
  package var step: Int
  package var status: EnrolmentStatus
  package var dueAt: Instant
  /// When it wants to be looked at; set for `scheduled` and `waiting`.
  package var nextAt: Instant?
  package var attempts: Int
  package var assigned: Int?
  package var lastDevice: Int?
  /// How often a policy gave it another device.
  package var moves: Int

  package init(
    key: EnrolmentKey, id: ContactID, lead: LeadImage, sequence: Int, step: Int, status: EnrolmentStatus,
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

package struct SentImage: Sendable {
  package let lead: LeadKey
  package let at: Instant

  package init(lead: LeadKey, at: Instant) { (self.lead, self.at) = (lead, at) }
}

package struct MessageImage: Sendable {
  package let key: MessageKey
  package let device: Int
  package let enrolment: Int
  package let step: Int
  package let createdAt: Instant
  package let isBeingSent: Bool

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

package struct CarriedStep: Hashable, Sendable {
  package let enrolment: EnrolmentKey
  package let step: Int
  package init(enrolment: EnrolmentKey, step: Int) { (self.enrolment, self.step) = (enrolment, step) }
}

package struct CarriedMessage: Sendable {
  package let status: MessageStatus
  package let sentAt: Instant?
  package init(status: MessageStatus, sentAt: Instant?) { (self.status, self.sentAt) = (status, sentAt) }
}

package struct TriggerImage: Sendable {
  package let name: String
  package let leadID: String
  package let lead: LeadImage
  /// Looked at no earlier; nil at once.
  package var nextAt: Instant?
  /// Places of matching sequences that the lead is enrolled in already.
  package var enrolledIn: [Int]
  /// Places of matching sequences in which its enrolment's id belongs to another lead.
  package var takenIn: [Int]

  package init(
    name: String, leadID: String, lead: LeadImage, nextAt: Instant? = nil, enrolledIn: [Int] = [], takenIn: [Int] = []
  ) {
    self.name = name
    self.leadID = leadID
    self.lead = lead
    self.nextAt = nextAt
    self.enrolledIn = enrolledIn
    self.takenIn = takenIn
  }
}

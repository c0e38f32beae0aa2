/// An enrolment as a policy sees it, with its lead and the step that is due.
///
/// A class, because a batch passes it on a dozen times and it never changes.
package final class Contact: Equatable, Sendable {
  /// The enrolment's row; 0 for a contact that is in no store, such as one from a request file.
  package let key: EnrolmentKey
  /// `sequence/lead`, as people and commands write it.
  package let id: ContactID
  /// In E.164 form; nil if a request does not give it.
  package let phone: String?
  /// The lead's name as imported; nil when it has none.
  package let name: String?
  /// The sequence's id.
  package let sequence: String
  /// The step's number in the sequence, from 1.
  package let step: Int
  /// The assigned device; nil if none is assigned.
  package let assignedDevice: DeviceID?
  /// The row key of the assigned device, if a store knows it. Finding a device by key is faster than by id.
  package let assignedKey: DeviceKey?
  /// When the step became due.
  package let dueAt: Instant?
  /// How many earlier decisions about this step queued no message.
  package let attempts: Int
  /// The device that sent the enrolment's last message.
  package let lastDevice: DeviceID?
  /// The lead's tags, in the order given, without duplicates.
  package let tags: [String]
  /// In the order given; names are unique.
  package let attributes: [Parameter]
  /// Messages to this lead, from all its sequences, that were sent in the last 24 hours or are being sent.
  package let messagesDay: Int
  /// How often a policy moved the enrolment to another device.
  package let moves: Int
  /// The step's priority; bulk contacts see devices with reduced limits (`Fleet.forBulk`).
  package let priority: Priority
  /// Minutes by which the lead's local time is ahead of UTC; nil if the tenant's offset applies.
  package let utcOffsetMinutes: Int?

  /// By default an unassigned contact at its first step. Callers that read it from a row pass the row's keys.
  package init(
    key: EnrolmentKey = EnrolmentKey(0), id: ContactID, phone: String? = nil, name: String? = nil,
    sequence: String = "", step: Int = 1, assignedDevice: DeviceID? = nil, assignedKey: DeviceKey? = nil,
    dueAt: Instant? = nil, attempts: Int = 0, lastDevice: DeviceID? = nil, tags: [String] = [],
    attributes: [Parameter] = [], messagesDay: Int = 0, moves: Int = 0, priority: Priority = .normal,
    utcOffsetMinutes: Int? = nil
  ) {
    self.key = key
    self.id = id
    self.phone = phone
    self.name = name
    self.sequence = sequence
    self.step = step
    self.assignedDevice = assignedDevice
    self.assignedKey = assignedKey
    self.dueAt = dueAt
    self.attempts = attempts
    self.lastDevice = lastDevice
    self.tags = tags
    self.attributes = attributes
    self.messagesDay = messagesDay
    self.moves = moves
    self.priority = priority
    self.utcOffsetMinutes = utcOffsetMinutes
  }

  /// A copy with another device or another count of messages.
  package func with(assigned device: (id: DeviceID, key: DeviceKey)? = nil, messagesDay: Int? = nil) -> Contact {
    Contact(
      key: key, id: id, phone: phone, name: name, sequence: sequence, step: step,
      assignedDevice: device?.id ?? assignedDevice, assignedKey: device?.key ?? assignedKey, dueAt: dueAt,
      attempts: attempts, lastDevice: lastDevice, tags: tags, attributes: attributes,
      messagesDay: messagesDay ?? self.messagesDay, moves: moves, priority: priority,
      utcOffsetMinutes: utcOffsetMinutes)
  }

  package static func == (left: Contact, right: Contact) -> Bool {
    left.key == right.key && left.id == right.id && left.phone == right.phone && left.name == right.name
      && left.sequence == right.sequence && left.step == right.step && left.assignedDevice == right.assignedDevice
      && left.assignedKey == right.assignedKey && left.dueAt == right.dueAt && left.attempts == right.attempts
      && left.lastDevice == right.lastDevice && left.tags == right.tags && left.attributes == right.attributes
      && left.messagesDay == right.messagesDay && left.moves == right.moves
      && left.priority == right.priority && left.utcOffsetMinutes == right.utcOffsetMinutes
  }
}

/// A lead that a trigger is about to enrol, as the `enroll` hook sees it.
package struct Lead: Equatable, Sendable {
  /// The external id, unique within the tenant.
  package var id: String
  /// In E.164 form; nil if a request does not give it.
  package var phone: String?
  /// As imported; nil when it has none.
  package var name: String?
  /// The sequence that the trigger matches.
  package var sequence: String
  /// The event name of the trigger.
  package var trigger: String
  /// The device that the lead is assigned to.
  package var device: DeviceID?
  /// In the order given, without duplicates.
  package var tags: [String]
  /// In the order given; names are unique.
  package var attributes: [Parameter]
  /// Minutes by which the lead's local time is ahead of UTC; nil if the tenant's offset applies.
  package var utcOffsetMinutes: Int?

  /// The id that the enrolment would have.
  package var contact: ContactID { ContactID(sequence: sequence, lead: id) }

  /// By default a lead without a device, in the tenant's time zone.
  package init(
    id: String, phone: String? = nil, name: String? = nil, sequence: String = "", trigger: String = "",
    device: DeviceID? = nil, tags: [String] = [], attributes: [Parameter] = [], utcOffsetMinutes: Int? = nil
  ) {
    self.id = id
    self.phone = phone
    self.name = name
    self.sequence = sequence
    self.trigger = trigger
    self.device = device
    self.tags = tags
    self.attributes = attributes
    self.utcOffsetMinutes = utcOffsetMinutes
  }
}

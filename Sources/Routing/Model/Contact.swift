/// An enrolment as a policy sees it, with its lead and the step that is due.
///
/// An object, since it is handed on through a batch a dozen times and never changes.
package final class Contact: Equatable, Sendable {
  /// The enrolment's row; 0 for a contact that stands in no store, such as one from a request file.
  package let key: EnrolmentKey
  /// `sequence/lead`, as people and commands write it.
  package let id: ContactID
  /// In E.164 form; nil where a request from outside gives none.
  package let phone: String?
  /// The lead's name as imported; nil when it has none.
  package let name: String?
  /// The sequence's id.
  package let sequence: String
  /// The step's place in the sequence, from 1.
  package let step: Int
  /// Where the contact belongs; nil while it belongs to no device.
  package let assignedDevice: DeviceID?
  /// The same device by its row's key, where a store knows it: the quick way to find it in a fleet.
  package let assignedKey: DeviceKey?
  /// When the step became due.
  package let dueAt: Instant?
  /// How often this step was decided before without a message.
  package let attempts: Int
  /// The device that sent the enrolment's last message.
  package let lastDevice: DeviceID?
  /// The lead's tags, in the order given, without repetition.
  package let tags: [String]
  /// In the order given; names are unique.
  package let attributes: [Parameter]
  /// Messages to this lead, of all its sequences, that were sent in the last 24 hours or are on their way.
  package let messagesDay: Int
  /// How often a policy gave the enrolment another device.
  package let moves: Int
  /// How far the lead's clocks on the wall are ahead of UTC: minutes; nil where they are the tenant's.
  package let utcOffsetMinutes: Int?

  /// Defaults describe an unassigned contact at its first step; callers that know a row pass its keys.
  package init(
    key: EnrolmentKey = EnrolmentKey(0), id: ContactID, phone: String? = nil, name: String? = nil,
    sequence: String = "", step: Int = 1, assignedDevice: DeviceID? = nil, assignedKey: DeviceKey? = nil,
    dueAt: Instant? = nil, attempts: Int = 0, lastDevice: DeviceID? = nil, tags: [String] = [],
    attributes: [Parameter] = [], messagesDay: Int = 0, moves: Int = 0, utcOffsetMinutes: Int? = nil
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
    self.utcOffsetMinutes = utcOffsetMinutes
  }

  /// The same contact with another device, or more messages on their way.
  package func with(assigned device: (id: DeviceID, key: DeviceKey)? = nil, messagesDay: Int? = nil) -> Contact {
    Contact(
      key: key, id: id, phone: phone, name: name, sequence: sequence, step: step,
      assignedDevice: device?.id ?? assignedDevice, assignedKey: device?.key ?? assignedKey, dueAt: dueAt,
      attempts: attempts, lastDevice: lastDevice, tags: tags, attributes: attributes,
      messagesDay: messagesDay ?? self.messagesDay, moves: moves, utcOffsetMinutes: utcOffsetMinutes)
  }

  package static func == (left: Contact, right: Contact) -> Bool {
    left.key == right.key && left.id == right.id && left.phone == right.phone && left.name == right.name
      && left.sequence == right.sequence && left.step == right.step && left.assignedDevice == right.assignedDevice
      && left.assignedKey == right.assignedKey && left.dueAt == right.dueAt && left.attempts == right.attempts
      && left.lastDevice == right.lastDevice && left.tags == right.tags && left.attributes == right.attributes
      && left.messagesDay == right.messagesDay && left.moves == right.moves
      && left.utcOffsetMinutes == right.utcOffsetMinutes
  }
}

/// A lead that a trigger is about to enrol, as the `enroll` hook sees it.
package struct Lead: Equatable, Sendable {
  /// The external id, unique within the tenant.
  package var id: String
  /// In E.164 form; nil where a request from outside gives none.
  package var phone: String?
  /// As imported; nil when it has none.
  package var name: String?
  /// The sequence that its trigger matches.
  package var sequence: String
  /// The name of the event that is to enrol the lead.
  package var trigger: String
  /// The device that the lead belongs to.
  package var device: DeviceID?
  /// In the order given, without repetition.
  package var tags: [String]
  /// In the order given; names are unique.
  package var attributes: [Parameter]
  /// How far its clocks on the wall are ahead of UTC: minutes; nil where they are the tenant's.
  package var utcOffsetMinutes: Int?

  /// What the enrolment would be called.
  package var contact: ContactID { ContactID(sequence: sequence, lead: id) }

  /// Defaults describe a lead without a device of its own, in the tenant's time zone.
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

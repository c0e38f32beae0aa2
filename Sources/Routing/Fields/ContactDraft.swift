/// A contact as a mutable value. Requests are parsed into it and written from it.
///
/// It has no store keys. Cycles use `Contact`, which is built once and never changes.
package struct ContactDraft: Equatable, Sendable {
  /// `sequence/lead`, as people and commands write it.
  package var id: ContactID
  /// In E.164 form; nil if not given.
  package var phone: String?
  /// The lead's name; nil if it has none.
  package var name: String?
  /// The sequence's id; empty if not given.
  package var sequence = ""
  /// The step's number in the sequence, from 1.
  package var step = 1
  /// The assigned device; nil if none is assigned.
  package var assignedDevice: DeviceID?
  /// When the step became due; nil if not given.
  package var dueAt: Instant?
  /// How many earlier decisions about this step queued no message.
  package var attempts = 0
  /// The device that sent the contact's last message; nil before the first.
  package var lastDevice: DeviceID?
  /// The lead's tags, in the order given.
  package var tags: [String] = []
  /// The lead's attributes, in the order given; names are unique.
  package var attributes: [Parameter] = []
  /// Messages to the lead, from all its sequences, that were sent in the last 24 hours or are being sent.
  package var messagesDay = 0
  /// How often a policy moved the contact to another device.
  package var moves = 0
  /// The step's priority.
  package var priority = Priority.normal
  /// Minutes by which the lead's local time is ahead of UTC; nil if the tenant's offset applies.
  package var utcOffsetMinutes: Int?

  /// A contact with only its id known; the other fields have their defaults.
  package init(id: ContactID) { self.id = id }

  /// Copies a contact's fields, without its keys.
  package init(_ contact: Contact) {
    id = contact.id
    phone = contact.phone
    name = contact.name
    sequence = contact.sequence
    step = contact.step
    assignedDevice = contact.assignedDevice
    dueAt = contact.dueAt
    attempts = contact.attempts
    lastDevice = contact.lastDevice
    tags = contact.tags
    attributes = contact.attributes
    messagesDay = contact.messagesDay
    moves = contact.moves
    priority = contact.priority
    utcOffsetMinutes = contact.utcOffsetMinutes
  }

  /// The contact to decide about. It has no keys, so its devices are found by id.
  package var contact: Contact {
    Contact(
      id: id, phone: phone, name: name, sequence: sequence, step: step, assignedDevice: assignedDevice, dueAt: dueAt,
      attempts: attempts, lastDevice: lastDevice, tags: tags, attributes: attributes, messagesDay: messagesDay,
      moves: moves, priority: priority, utcOffsetMinutes: utcOffsetMinutes)
  }
}

/// A contact as a value whose fields can be changed one by one: what requests are read into and made of.
///
/// It has no keys of a store. Cycles use `Contact`, which is made once and handed on.
package struct ContactDraft: Equatable, Sendable {
  /// `sequence/lead`, as people and commands write it.
  package var id: ContactID
  /// In E.164 form; nil where none is stated.
  package var phone: String?
  /// The lead's name; nil when it has none.
  package var name: String?
  /// The sequence's id; empty where none is stated.
  package var sequence = ""
  /// The place in the sequence, from 1.
  package var step = 1
  /// Where the contact belongs; nil while it belongs to no device.
  package var assignedDevice: DeviceID?
  /// When the step became due; nil where none is stated.
  package var dueAt: Instant?
  /// How often this step was decided before without a message.
  package var attempts = 0
  /// The device that sent the contact's last message; nil before the first.
  package var lastDevice: DeviceID?
  /// The lead's, in the order given.
  package var tags: [String] = []
  /// The lead's, in the order given; names are unique.
  package var attributes: [Parameter] = []
  /// Messages to the lead, of all its sequences, that were sent in the last 24 hours or are on their way.
  package var messagesDay = 0
  /// How often a policy gave the contact another device.
  package var moves = 0
  /// Minutes that the lead's clocks are ahead of UTC; nil where the tenant's offset applies.
  package var utcOffsetMinutes: Int?

  /// A contact of which only the id is known; the other fields have their defaults.
  package init(id: ContactID) { self.id = id }

  /// The fields of a contact, without its keys.
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
    utcOffsetMinutes = contact.utcOffsetMinutes
  }

  /// The contact that a decision is made about. It has no keys, so its devices are found by id.
  package var contact: Contact {
    Contact(
      id: id, phone: phone, name: name, sequence: sequence, step: step, assignedDevice: assignedDevice, dueAt: dueAt,
      attempts: attempts, lastDevice: lastDevice, tags: tags, attributes: attributes, messagesDay: messagesDay,
      moves: moves, utcOffsetMinutes: utcOffsetMinutes)
  }
}

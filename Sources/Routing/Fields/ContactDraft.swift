/// A contact as a value whose fields can be changed one by one: what requests are read into and made of.
///
/// It has no keys of a store. Cycles use `Contact`, which is made once and handed on.
package struct ContactDraft: Equatable, Sendable {
  package var id: ContactID
  package var phone: String?
  package var name: String?
  package var sequence = ""
  package var step = 1
  package var assignedDevice: DeviceID?
  package var dueAt: Instant?
  package var attempts = 0
  package var lastDevice: DeviceID?
  package var tags: [String] = []
  package var attributes: [Parameter] = []
  package var messagesDay = 0
  package var moves = 0
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

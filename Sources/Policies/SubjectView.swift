import LuaSandbox
import Routing

/// The contact of the decision at hand as scripts read it: one row, filled anew for each decision.
final class ContactView {
  let table = RowTable(schema: PolicyVocabulary.contact, count: 1)

  func show(_ contact: Contact, in fleet: Fleet) {
    table.removeAllText()
    table.set(0, Column.id, contact.id.text)
    table.set(0, Column.phone, contact.phone)
    table.set(0, Column.name, contact.name)
    table.set(0, Column.sequence, contact.sequence)
    table.set(0, Column.step, Int64(contact.step))
    table.set(0, Column.device, member: contact.assignedDevice.flatMap(fleet.position))
    table.set(0, Column.assignedDevice, contact.assignedDevice?.text)
    table.set(0, Column.dueAt, contact.dueAt?.milliseconds)
    table.set(0, Column.attempts, Int64(contact.attempts))
    table.set(0, Column.lastDevice, contact.lastDevice?.text)
    table.set(0, Column.tags, list: contact.tags)
    table.set(0, Column.attributes, map: contact.attributes.map { ($0.name, RowScalar($0.value)) })
  }

  private enum Column {
    private static func place(_ name: String) -> Int { PolicyVocabulary.contact.index(of: name) }
    static let id = place("id")
    static let phone = place("phone")
    static let name = place("name")
    static let sequence = place("sequence")
    static let step = place("step")
    static let device = place("device")
    static let assignedDevice = place("assigned_device")
    static let dueAt = place("due_at")
    static let attempts = place("attempts")
    static let lastDevice = place("last_device")
    static let tags = place("tags")
    static let attributes = place("attributes")
  }
}

/// The lead that is about to be enrolled, for the `enroll` hook.
final class LeadView {
  let table = RowTable(schema: PolicyVocabulary.lead, count: 1)

  func show(_ lead: Lead, in fleet: Fleet) {
    let schema = PolicyVocabulary.lead
    table.removeAllText()
    table.set(0, schema.index(of: "id"), lead.id)
    table.set(0, schema.index(of: "phone"), lead.phone)
    table.set(0, schema.index(of: "name"), lead.name)
    table.set(0, schema.index(of: "sequence"), lead.sequence)
    table.set(0, schema.index(of: "trigger"), lead.trigger)
    table.set(0, schema.index(of: "device"), member: lead.device.flatMap(fleet.position))
    table.set(0, schema.index(of: "assigned_device"), lead.device?.text)
    table.set(0, schema.index(of: "tags"), list: lead.tags)
    table.set(0, schema.index(of: "attributes"), map: lead.attributes.map { ($0.name, RowScalar($0.value)) })
  }
}

extension RowScalar {
  init(_ scalar: Scalar) {
    switch scalar {
    case .boolean(let value): self = .boolean(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .text(let value): self = .text(value)
    }
  }

  var scalar: Scalar {
    switch self {
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let value): .text(value)
    }
  }
}

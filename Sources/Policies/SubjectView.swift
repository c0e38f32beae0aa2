import LuaSandbox
import Routing

/// The current decision's contact as scripts read it: one row, refilled for each decision.
///
/// Only fields that a policy or guard could read are filled in: most policies read one or two fields, and copying all
/// texts of a contact costs more than its decision.
final class ContactView {
  let table = RowTable(schema: PolicyVocabulary.contact, count: 1)
  private let isRead: [Bool]
  private let readsDevice: Bool
  private let readsNumbers: Bool
  private let readsText: Bool
  private let row: RowAddress
  private let device: RowColumn
  private let step: RowColumn
  private let dueAt: RowColumn
  private let attempts: RowColumn
  private let messagesDay: RowColumn
  private let moves: RowColumn

  init(readers: [CompiledPolicy]) {
    let schema = PolicyVocabulary.contact
    let isRead = schema.fields.indices.map { field in readers.contains { $0.readContactFields[field] } }
    self.isRead = isRead
    let reads = { (names: [String]) in names.contains { isRead[schema.index(of: $0)] } }
    readsDevice = reads(["device"])
    readsNumbers = reads(["step", "due_at", "attempts", "messages_day", "moves"])
    readsText = reads([
      "id", "phone", "name", "sequence", "assigned_device", "last_device", "priority", "tags", "attributes",
    ])
    row = table.firstRow
    device = table.column(schema.index(of: "device"))
    step = table.column(schema.index(of: "step"))
    dueAt = table.column(schema.index(of: "due_at"))
    attempts = table.column(schema.index(of: "attempts"))
    messagesDay = table.column(schema.index(of: "messages_day"))
    moves = table.column(schema.index(of: "moves"))
  }

  func show(_ contact: Contact, in fleet: FleetView) {
    table.utcOffsetMinutes = contact.utcOffsetMinutes.map(Int64.init) ?? fleet.table.utcOffsetMinutes
    if readsDevice { row[device] = fleet.position(assignedTo: contact).map(Int64.init) ?? -1 }
    if readsNumbers {
      row[step] = Int64(contact.step)
      row[dueAt] = contact.dueAt?.milliseconds ?? Int64.min
      row[attempts] = Int64(contact.attempts)
      row[messagesDay] = Int64(contact.messagesDay)
      row[moves] = Int64(contact.moves)
    }
    if readsText { showText(of: contact) }
  }

  private func showText(of contact: Contact) {
    table.removeAllText()
    if isRead[Column.id] { table.set(0, Column.id, contact.id.text) }
    if isRead[Column.phone] { table.set(0, Column.phone, contact.phone) }
    if isRead[Column.name] { table.set(0, Column.name, contact.name) }
    if isRead[Column.sequence] { table.set(0, Column.sequence, contact.sequence) }
    if isRead[Column.assignedDevice] { table.set(0, Column.assignedDevice, contact.assignedDevice?.text) }
    if isRead[Column.lastDevice] { table.set(0, Column.lastDevice, contact.lastDevice?.text) }
    if isRead[Column.priority] { table.set(0, Column.priority, contact.priority.name) }
    if isRead[Column.tags] { table.set(0, Column.tags, list: contact.tags) }
    if isRead[Column.attributes] { showAttributes(contact.attributes) }
  }

  private func showAttributes(_ attributes: [Parameter]) {
    let entries = table.setMap(0, Column.attributes, count: attributes.count)
    for (index, attribute) in attributes.enumerated() {
      table.set(entries, index, attribute.name, RowScalar(attribute.value))
    }
  }

  private enum Column {
    private static func place(_ name: String) -> Int { PolicyVocabulary.contact.index(of: name) }
    static let id = place("id")
    static let phone = place("phone")
    static let name = place("name")
    static let sequence = place("sequence")
    static let assignedDevice = place("assigned_device")
    static let lastDevice = place("last_device")
    static let priority = place("priority")
    static let tags = place("tags")
    static let attributes = place("attributes")
  }
}

/// The lead to be enrolled, for the `enroll` hook.
final class LeadView {
  let table = RowTable(schema: PolicyVocabulary.lead, count: 1)

  func show(_ lead: Lead, in fleet: FleetView) {
    let schema = PolicyVocabulary.lead
    table.utcOffsetMinutes = lead.utcOffsetMinutes.map(Int64.init) ?? fleet.table.utcOffsetMinutes
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

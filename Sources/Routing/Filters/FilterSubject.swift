/// What a filter selects, with the fields that it may name.
package enum FilterSubject: String, CaseIterable, Sendable {
  case contact, lead, device, tenant

  /// How the values of a field are written and compared.
  package enum Kind: Equatable, Sendable {
    case text
    case number
    /// RFC 3339, such as `2026-11-22T09:00:00Z`.
    case time
    /// One of these words, which have no order.
    case word([String])
    /// A number, `true`, `false` or a text, as written in the filter.
    case scalar
  }

  /// The names and kinds of the columns, in the order of the documentation.
  package var fields: [(name: String, kind: Kind)] {
    switch self {
    case .contact: FilterSubject.contactFields + FilterSubject.leadFields
    case .lead: FilterSubject.leadFields + [("tag", .text)]
    case .device:
      [
        ("id", .text), ("name", .text), ("status", .word(DeviceStatus.allCases.map(\.rawValue))), ("tag", .text),
        ("platform", .text), ("account", .text),
      ]
    case .tenant: [("id", .text)]
    }
  }

  /// Whether `attributes.x` names a member of the row's attributes.
  package var hasAttributes: Bool { self != .tenant }

  private static let contactFields: [(name: String, kind: Kind)] = [
    ("sequence", .text), ("step", .number), ("status", .word(EnrolmentStatus.allCases.map(\.rawValue))),
    ("due_at", .time), ("reason", .text), ("code", .text), ("waitlist", .text), ("device", .text),
    ("priority", .word(Priority.allCases.map(\.name))), ("tag", .text),
  ]
  private static let leadFields: [(name: String, kind: Kind)] = [
    ("lead", .text), ("phone", .text), ("name", .text), ("lead_tag", .text),
  ]
}

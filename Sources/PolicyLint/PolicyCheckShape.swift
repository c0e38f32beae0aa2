import LuaSandbox
import Policies

extension PolicyCheck {
  /// The type of an expression's value when it is not nil, as far as the source determines it.
  enum Shape: Equatable {
    case device, contact, lead, choice, fleet
    /// A table of devices that a query created for the policy.
    case devices
    case tags, attributes, verdict
    case text, number, boolean, function, table
    case nothing

    init(_ field: RowSchema.Field) {
      self =
        switch field.kind {
        case .boolean: .boolean
        case .integer, .number: .number
        case .text: .text
        case .list: .tags
        case .map: .attributes
        case .member: .device
        }
    }

    /// Its fields; nil if it is not a row.
    var schema: RowSchema? {
      switch self {
      case .device: PolicyVocabulary.device
      case .contact: PolicyVocabulary.contact
      case .lead: PolicyVocabulary.lead
      case .choice: PolicyVocabulary.choice
      default: nil
      }
    }

    /// In the words of the sandbox's messages.
    var name: String {
      switch self {
      case .device: "a device"
      case .contact: "a contact"
      case .lead: "a lead"
      case .choice: "a choice"
      case .fleet: "the fleet"
      case .devices: "a table of devices"
      case .tags: "a list"
      case .attributes: "a map"
      case .verdict: "a verdict"
      case .text: "text"
      case .number: "a number"
      case .boolean: "a boolean"
      case .function: "a function"
      case .table: "a table"
      case .nothing: "nil"
      }
    }

    /// Whether the value is passed to the policy from outside and therefore read-only.
    var isShown: Bool { schema != nil || [.fleet, .tags, .attributes].contains(self) }
  }
}

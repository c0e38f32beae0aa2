import LuaSandbox
import Policies

extension PolicyCheck {
  /// What an expression holds whenever it holds something, as far as the source says so without being run.
  enum Shape: Equatable {
    case device, contact, lead, choice, fleet
    /// A table of the policy's own that a query made.
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

    /// What its fields are; nil for all that is no row.
    var schema: RowSchema? {
      switch self {
      case .device: PolicyVocabulary.device
      case .contact: PolicyVocabulary.contact
      case .lead: PolicyVocabulary.lead
      case .choice: PolicyVocabulary.choice
      default: nil
      }
    }

    /// In words, as the sandbox has them.
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

    /// Whether it comes from outside the policy and cannot be changed by it.
    var isShown: Bool { schema != nil || [.fleet, .tags, .attributes].contains(self) }
  }
}

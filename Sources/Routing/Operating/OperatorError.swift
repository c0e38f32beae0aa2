/// Why an operator's command was refused. Nothing was written.
package enum OperatorError: UsherError, Equatable, Sendable {
  /// Nothing of this kind has that id.
  case unknown(Subject, id: String)
  /// What was expected, what was found, and what to do.
  case refused(String)

  /// The kind of object that a command names.
  package enum Subject: String, Sendable {
    case tenant, device, contact
    /// A lead by its id or phone number, or through a contact.
    case person = "lead, phone number or contact"
  }

  /// The code for the kind that was not found, or `state_conflict` if the command does not apply.
  package var code: ErrorCode {
    switch self {
    case .unknown(.tenant, _): .tenantNotFound
    case .unknown(.device, _): .deviceNotFound
    case .unknown(.person, _): .leadNotFound
    case .unknown(.contact, _): .contactNotFound
    case .refused: .stateConflict
    }
  }

  package var message: String {
    switch self {
    case .unknown(.tenant, let id): "there is no tenant '\(id)' in the store"
    case .unknown(let what, let id): "there is no \(what.rawValue) '\(id)' in this tenant"
    case .refused(let text): text
    }
  }
}

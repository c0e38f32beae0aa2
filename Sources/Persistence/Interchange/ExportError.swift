import Wire

/// Why an export cannot be made.
package enum ExportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The store has no tenant with this id.
  case unknownTenant(String)

  /// The error on one line, safe to print.
  package var description: String {
    switch self {
    case .unknownTenant(let id):
      "expected the id of a tenant in the store, found '\(terminalSafe(id))'; `usher policy list` names them"
    }
  }
}

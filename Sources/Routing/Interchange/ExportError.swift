/// Why an export cannot be made.
package enum ExportError: UsherError, Equatable, Sendable {
  /// The store has no tenant with this id.
  case unknownTenant(String)

  /// `tenant_not_found`: the only reason for refusing an export before it starts.
  package var code: ErrorCode { .tenantNotFound }

  package var message: String {
    switch self {
    case .unknownTenant(let id):
      "expected the id of a tenant in the store, found '\(id)'; `usher policy list` lists them"
    }
  }
}

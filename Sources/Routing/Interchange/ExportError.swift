/// Why an export cannot be made.
package enum ExportError: Error, Equatable, Sendable {
  /// The store has no tenant with this id.
  case unknownTenant(String)
}

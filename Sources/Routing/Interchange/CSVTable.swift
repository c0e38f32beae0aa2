/// The row types that CSV supports.
package enum CSVTable: String, CaseIterable, Sendable {
  /// `--type lead` and `--type device`.
  case lead, device
}

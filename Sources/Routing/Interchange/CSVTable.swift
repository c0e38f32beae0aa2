/// The rows that CSV does for.
package enum CSVTable: String, CaseIterable, Sendable {
  /// `--type lead` and `--type device`.
  case lead, device
}

/// The file format of an import.
package enum ImportFormat: Equatable, Sendable {
  /// One JSON object per line, of any type.
  case jsonLines
  /// A header row, then one lead or device per row.
  case csv(CSVTable)
}

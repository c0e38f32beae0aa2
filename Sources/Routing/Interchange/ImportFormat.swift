/// What an imported file is written in.
package enum ImportFormat: Equatable, Sendable {
  /// One JSON object a line, of any type.
  case jsonLines
  /// A header row, then one lead or device a row.
  case csv(CSVTable)
}

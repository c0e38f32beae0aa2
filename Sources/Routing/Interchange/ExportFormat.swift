/// What an export is written in.
package enum ExportFormat: Equatable, Sendable {
  /// Everything: one JSON object a line.
  case jsonLines
  /// The leads or the devices. With `neutralising`, cells that a spreadsheet could take for a formula get a
  /// leading `'`, and do not come back as they were.
  case csv(CSVTable, neutralising: Bool = false)
}

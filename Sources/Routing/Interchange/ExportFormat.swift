/// The file format of an export.
package enum ExportFormat: Equatable, Sendable {
  /// Everything, as one JSON object per line.
  case jsonLines
  /// Leads or devices. With `neutralising`, a cell that a spreadsheet could read as a formula gets a leading `'`;
  /// importing the file does not restore such cells.
  case csv(CSVTable, neutralising: Bool = false)
}

/// The columns and rows of a terminal.
package struct ScreenSize: Equatable, Sendable {
  /// Characters in a row.
  package var columns: Int
  /// Lines from top to bottom.
  package var rows: Int

  /// Neither is checked: a terminal can temporarily report 0.
  package init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }

  /// The size of a terminal that does not report one.
  package static let usual = ScreenSize(columns: 80, rows: 24)
}

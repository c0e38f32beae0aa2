/// The columns and rows of a terminal.
package struct ScreenSize: Equatable, Sendable {
  /// Characters in a row.
  package var columns: Int
  /// Lines from top to bottom.
  package var rows: Int

  /// Neither is checked: a terminal may have 0 of them for a moment.
  package init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }

  /// What a terminal has that does not say.
  package static let usual = ScreenSize(columns: 80, rows: 24)
}

/// The columns and rows of a terminal.
package struct ScreenSize: Equatable, Sendable {
  package var columns: Int
  package var rows: Int

  package init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }

  /// What a terminal has that does not say.
  package static let usual = ScreenSize(columns: 80, rows: 24)
}

/// One row of a CSV document.
package struct CSVRow: Sendable, Equatable {
  /// The line on which the row starts, counted from 1 by line feeds, including those inside quotes.
  package let line: Int
  /// The cells in the order of the header, without their quotes.
  package let cells: [String]

  /// Makes a row that starts on a line.
  package init(line: Int, cells: [String]) {
    self.line = line
    self.cells = cells
  }
}

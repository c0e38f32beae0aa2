/// Why and where an input is not JSON that Usher accepts.
package struct JSONError: Error, Sendable, Equatable {
  /// The line, counted from 1 by line feeds.
  package let line: Int
  /// The position in the line, counted from 1 in Unicode scalars.
  package let column: Int
  /// What was expected, what was found and, where it helps, what to do.
  package let message: String

  /// Makes an error at a place in a text.
  package init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }
}

extension JSONError: CustomStringConvertible {
  /// The place and the message on one line, safe to print.
  package var description: String { "line \(line), column \(column): \(message)" }
}

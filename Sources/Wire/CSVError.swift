/// Why and where an input is not CSV that Usher accepts.
package struct CSVError: Error, Sendable, Equatable {
  /// The line of the fault, counted from 1; for a wrong number of columns, the line the row starts on.
  package let line: Int
  /// What was expected, what was found and, where it helps, what to do.
  package let message: String

  /// Makes an error on a line.
  package init(line: Int, message: String) {
    self.line = line
    self.message = message
  }
}

extension CSVError: CustomStringConvertible {
  /// The place and the message on one line, safe to print.
  package var description: String { "line \(line): \(message)" }
}

/// Why a line of an imported file is refused: where, what was expected, what was found and what to do.
package struct ImportProblem: Error, Equatable, Sendable {
  /// The line of the file, from 1; 0 when the file as a whole is refused.
  package let line: Int
  /// The key of the field as a path (`steps[1].content`), or the CSV column; nil when the line as a whole is
  /// refused.
  package let field: String?
  /// What was expected, what was found and what to do.
  package let message: String

  /// Makes a problem at a place of a file.
  package init(line: Int, field: String?, message: String) {
    (self.line, self.field, self.message) = (line, field, message)
  }
}

extension ImportProblem: CustomStringConvertible {
  /// On one line: `line 3, phone: expected …, found …; what to do`.
  package var description: String {
    let place = [line > 0 ? "line \(line)" : nil, field].compactMap(\.self).joined(separator: ", ")
    return place.isEmpty ? message : "\(place): \(message)"
  }
}

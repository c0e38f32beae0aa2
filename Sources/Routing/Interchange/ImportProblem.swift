/// Why a line of an imported file is refused: where, what was expected, what was found and what to do.
package struct ImportProblem: UsherError, Equatable, Sendable {
  /// The line of the file, from 1; 0 when the file as a whole is refused.
  package let line: Int
  /// The key of the field as a path (`steps[1].content`), or the CSV column; nil when the line as a whole is
  /// refused.
  package let field: String?
  /// What was expected, what was found and what to do, without the place.
  package let text: String

  /// Makes a problem at a place of a file.
  package init(line: Int, field: String?, _ text: String) {
    (self.line, self.field, self.text) = (line, field, text)
  }
}

extension ImportProblem: CustomStringConvertible {
  /// `import_rejected`, whatever is wrong with the line.
  package var code: ErrorCode { .importRejected }

  /// On one line: `line 3, phone: expected …, found …; what to do`.
  package var message: String {
    let place = [line > 0 ? "line \(line)" : nil, field].compactMap(\.self).joined(separator: ", ")
    return place.isEmpty ? text : "\(place): \(text)"
  }

  package var description: String { message }
}

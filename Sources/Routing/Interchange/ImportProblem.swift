/// Why a line of an imported file is rejected: where, what was expected, what was found and what to do.
package struct ImportProblem: UsherError, Equatable, Sendable {
  /// The line of the file, from 1; 0 if the whole file is rejected.
  package let line: Int
  /// The key of the field as a path (`steps[1].content`), or the CSV column; nil if the whole line is rejected.
  package let field: String?
  /// What was expected, what was found and what to do, without the location.
  package let text: String

  /// A problem at a location in a file.
  package init(line: Int, field: String?, _ text: String) {
    (self.line, self.field, self.text) = (line, field, text)
  }
}

extension ImportProblem: CustomStringConvertible {
  /// Always `import_rejected`.
  package var code: ErrorCode { .importRejected }

  /// On one line: `line 3, phone: expected …, found …; what to do`.
  package var message: String {
    let place = [line > 0 ? "line \(line)" : nil, field].compactMap(\.self).joined(separator: ", ")
    return place.isEmpty ? text : "\(place): \(text)"
  }

  package var description: String { message }
}

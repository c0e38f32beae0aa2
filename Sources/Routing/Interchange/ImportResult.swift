/// What an import did. Every line is in one place: `counts`, `badLineCount` or `blankLineCount`; only an
/// enrolment that was called queued without a message is in two, since it is kept as cancelled and listed as
/// bad.
package struct ImportResult: Equatable, Sendable {
  /// The most bad lines that are kept with their text; the others are only counted.
  package static let badLineMax = 1000

  /// By type; a type that the file does not have is absent.
  package var counts: [InterchangeType: ImportCounts] = [:]
  /// What is allowed and probably not meant, each a sentence.
  package var warnings: [String] = []
  /// With `skipBad`, the first `badLineMax` lines that were left out.
  package var badLines: [ImportProblem] = []
  /// All lines that were left out.
  package var badLineCount = 0
  /// Lines of nothing but white space.
  package var blankLineCount = 0
  /// Lines read, bad and blank ones included; in CSV the header is not one of them.
  package var lineCount = 0

  /// Makes the result of an empty file.
  package init() {}

  /// The counts of a type, zeros if the file does not have it.
  package subscript(type: InterchangeType) -> ImportCounts { counts[type] ?? ImportCounts() }

  /// Whether the import wrote anything.
  package var hasChanged: Bool { counts.values.contains { $0.created + $0.updated > 0 } }

  /// Counts a line that was left out; keeps its text below `badLineMax`.
  package mutating func addBad(_ problem: ImportProblem) {
    badLineCount += 1
    if badLines.count < ImportResult.badLineMax { badLines.append(problem) }
  }
}

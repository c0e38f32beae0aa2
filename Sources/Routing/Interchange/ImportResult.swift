/// What an import did. Every line is counted once, in `counts`, `badLineCount` or `blankLineCount`. One case is counted
/// twice: a queued enrolment without a message is imported as cancelled and also listed as bad.
package struct ImportResult: Equatable, Sendable {
  /// The maximum number of bad lines kept with their text; further ones are only counted.
  package static let badLineMax = 1000

  /// Keyed by type; types that do not occur in the file are absent.
  package var counts: [InterchangeType: ImportCounts] = [:]
  /// Input that is allowed but probably a mistake, one sentence each.
  package var warnings: [String] = []
  /// Keys by which an earlier version called fields, each a sentence with the new name and the first line.
  package var notes: [String] = []
  /// With `skipBad`, the first `badLineMax` skipped lines.
  package var badLines: [ImportProblem] = []
  /// The number of all skipped lines.
  package var badLineCount = 0
  /// Lines that contain only white space.
  package var blankLineCount = 0
  /// Lines read, including bad and blank ones; a CSV header is not counted.
  package var lineCount = 0

  /// The result for an empty file.
  package init() {}

  /// The counts of a type; zeros if the file does not contain it.
  package subscript(type: InterchangeType) -> ImportCounts { counts[type] ?? ImportCounts() }

  /// Whether the import wrote anything.
  package var hasChanged: Bool { counts.values.contains { $0.created + $0.updated > 0 } }

  /// Counts a skipped line, and keeps its text until `badLineMax` are kept.
  package mutating func addBad(_ problem: ImportProblem) {
    badLineCount += 1
    if badLines.count < ImportResult.badLineMax { badLines.append(problem) }
  }
}

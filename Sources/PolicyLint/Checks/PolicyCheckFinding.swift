import LuaSyntax

extension PolicyCheck {
  /// An `error` keeps a file from being accepted; a `warning` does not.
  package enum Severity: String, Sendable { case error, warning }

  /// One thing that is wrong, and where.
  package struct Finding: Sendable {
    /// Determines the severity, and names the page in `Docs/Checks`.
    package let rule: Rule
    /// What is wrong.
    package let message: String
    /// What to do.
    package let advice: String?
    /// Nil when no place, or no more than the line, is known.
    let range: SourceRange?
    /// Of a finding without a range, from 1; nil when it is about the file.
    private let lineAlone: Int?
    /// What mends it, where that is certain.
    package let fix: Fix?

    init(_ rule: Rule, _ range: SourceRange, _ message: String, _ advice: String?, fix: Fix? = nil) {
      (self.rule, self.range, self.message, self.advice, self.fix) = (rule, range, message, advice, fix)
      lineAlone = nil
    }

    /// A finding without a range: about a whole line, or about the file if `line` is nil. It has no fix.
    package init(_ rule: Rule, line: Int?, _ message: String, _ advice: String? = nil) {
      (self.rule, self.message, self.advice, lineAlone) = (rule, message, advice, line)
      (range, fix) = (nil, nil)
    }

    /// Every finding of a rule has the same one.
    package var severity: Severity { rule.severity }
    /// From 1; nil when the finding is about the file.
    package var line: Int? { range?.start.line ?? lineAlone }
    /// In Unicode scalars of the line, from 1; nil when no more than the line is known.
    package var column: Int? { range?.start.column }
    /// From 1; nil when no more than the line is known.
    package var endLine: Int? { range?.end.line }
    /// The column after the last scalar.
    package var endColumn: Int? { range?.end.column }
  }

  /// A mend that is certain: text to put in place of other text.
  package struct Fix: Sendable, Equatable {
    /// One replacement; an empty range inserts.
    package struct Edit: Sendable, Equatable {
      let range: SourceRange
      /// What stands there afterwards.
      package let text: String

      /// Where the replaced text begins, from 1.
      package var line: Int { range.start.line }
      /// In Unicode scalars of the line, from 1.
      package var column: Int { range.start.column }
      /// Where the replaced text ends, from 1.
      package var endLine: Int { range.end.line }
      /// The column after the last replaced scalar; equals `column` for an insertion.
      package var endColumn: Int { range.end.column }
    }

    /// What it does, as in `'devise' becomes 'device'`.
    package let summary: String
    /// In the order of the file, without overlap.
    package let edits: [Edit]

    /// Puts a name in place of another.
    static func rename(_ range: SourceRange, from old: String, to new: String) -> Fix {
      Fix(summary: "'\(old)' becomes '\(new)'", edits: [Edit(range: range, text: new)])
    }

    /// Puts text before a place.
    static func insert(_ text: String, at position: SourcePosition, _ summary: String) -> Fix {
      Fix(summary: summary, edits: [Edit(range: SourceRange(start: position, end: position), text: text)])
    }
  }
}

extension SourceRange {
  /// A stretch within one line, `count` ASCII characters long.
  init(_ start: SourcePosition, count: Int) {
    self.init(
      start: start,
      end: SourcePosition(offset: start.offset + count, line: start.line, column: start.column + count))
  }

  /// The last `count` ASCII characters.
  func suffix(_ count: Int) -> SourceRange {
    let start = SourcePosition(offset: end.offset - count, line: end.line, column: end.column - count)
    return SourceRange(start: start, end: end)
  }
}

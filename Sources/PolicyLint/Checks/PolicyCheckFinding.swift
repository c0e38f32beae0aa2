import LuaSyntax

extension PolicyCheck {
  /// With an `error` the file is not accepted; a `warning` has no effect on that.
  package enum Severity: String, Sendable { case error, warning }

  /// One problem and its location.
  package struct Finding: Sendable {
    /// Determines the severity and the page in `Docs/Checks`.
    package let rule: Rule
    /// What is wrong, as text.
    package let message: String
    /// How to correct it; nil without advice.
    package let advice: String?
    /// Nil if only the line is known, or nothing.
    let range: SourceRange?
    /// The line of a finding without a range, from 1; nil if the finding is about the file.
    private let lineAlone: Int?
    /// The unambiguous correction; nil if there is none.
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

    /// The same finding without its fix.
    package var withoutFix: Finding {
      guard let range else { return self }
      return Finding(rule, range, message, advice)
    }

    /// Determined by the rule.
    package var severity: Severity { rule.severity }
    /// From 1; nil if the finding is about the file.
    package var line: Int? { range?.start.line ?? lineAlone }
    /// In Unicode scalars of the line, from 1; nil if only the line is known.
    package var column: Int? { range?.start.column }
    /// From 1; nil if only the line is known.
    package var endLine: Int? { range?.end.line }
    /// The column after the last scalar.
    package var endColumn: Int? { range?.end.column }
  }

  /// An unambiguous correction: replacements of source text.
  package struct Fix: Sendable, Equatable {
    /// One replacement; an empty range inserts.
    package struct Edit: Sendable, Equatable {
      let range: SourceRange
      /// The replacement.
      package let text: String

      /// The line where the replaced text begins, from 1.
      package var line: Int { range.start.line }
      /// In Unicode scalars of the line, from 1.
      package var column: Int { range.start.column }
      /// The line where the replaced text ends, from 1.
      package var endLine: Int { range.end.line }
      /// The column after the last replaced scalar; equals `column` for an insertion.
      package var endColumn: Int { range.end.column }
    }

    /// What the fix does, such as `'devise' becomes 'device'`.
    package let summary: String
    /// In file order, without overlap.
    package let edits: [Edit]

    /// Replaces a name with another. `range` is the name, or a string that denotes it; of a string only the text between
    /// the quotes or long brackets is replaced. Nil if the source has the name in another form, such as with an escape.
    static func rename(_ range: SourceRange, from old: String, to new: String, in source: [UInt8]) -> Fix? {
      range.within(source, of: old).map { inner in
        Fix(summary: "'\(old)' becomes '\(new)'", edits: [Edit(range: inner, text: new)])
      }
    }

    /// Inserts text before a position.
    static func insert(_ text: String, at position: SourcePosition, _ summary: String) -> Fix {
      Fix(summary: summary, edits: [Edit(range: SourceRange(start: position, end: position), text: text)])
    }
  }
}

extension SourceRange {
  /// A range within one line, `count` ASCII characters long.
  init(_ start: SourcePosition, count: Int) {
    self.init(
      start: start,
      end: SourcePosition(offset: start.offset + count, line: start.line, column: start.column + count))
  }

  /// The part of the range whose source is exactly `name`: all of it, or the text between the delimiters of a string.
  /// Nil if the source is neither.
  fileprivate func within(_ source: [UInt8], of name: String) -> SourceRange? {
    let token = source[start.offset..<end.offset]
    let margin = SourceRange.delimiterLength(of: token)
    guard token.count >= 2 * margin, token.dropFirst(margin).dropLast(margin).elementsEqual(name.utf8) else {
      return nil
    }
    return SourceRange(
      start: SourceRange(start, count: margin).end,
      end: suffix(margin).start)
  }

  /// The number of bytes of a string's opening delimiter, which is as long as the closing one; 0 for a name.
  private static func delimiterLength(of token: ArraySlice<UInt8>) -> Int {
    switch token.first {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): 1
    // `[[`, or `[==[` with any number of `=`.
    case UInt8(ascii: "["): token.dropFirst().prefix { $0 == UInt8(ascii: "=") }.count + 2
    default: 0
    }
  }

  /// The last `count` ASCII characters of the range.
  func suffix(_ count: Int) -> SourceRange {
    let start = SourcePosition(offset: end.offset - count, line: end.line, column: end.column - count)
    return SourceRange(start: start, end: end)
  }
}

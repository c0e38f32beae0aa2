import LuaSyntax

extension PolicyCheck {
  /// The comments `-- check: ignore RULE, RULE: why` in a file. Each applies to its own line, or to the next line with
  /// code if it is alone on its line.
  struct Suppressions {
    private struct Suppression {
      let rule: Rule
      let range: SourceRange
      /// The line to which it applies; nil if no code follows.
      let line: Int?
    }

    private static let mark = "check: ignore"
    private var suppressions: [Suppression] = []
    /// Problems of the comments themselves.
    private var findings: [Finding] = []

    init(_ source: [UInt8]) {
      // Most files have no such comment and need no further search.
      guard source.firstRange(of: Array(Self.mark.utf8)) != nil else { return }
      let map = CommentMap(source)
      for comment in map.comments {
        let text = String(decoding: source[comment.start.offset..<comment.end.offset], as: UTF8.self)
        let words = text.drop { $0 == "-" }.drop { $0 == " " }
        guard text.hasPrefix("--"), words.hasPrefix(Self.mark) else { continue }
        read(String(words.dropFirst(Self.mark.count)), comment, line: map.codeLine(from: comment.start.line))
      }
    }

    private mutating func read(_ text: String, _ comment: SourceRange, line: Int?) {
      let list = text.prefix { $0 != ":" }.split(separator: "--", maxSplits: 1).first ?? ""
      let names = list.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
      if names.isEmpty {
        findings.append(
          Finding(.unusedSuppression, comment, "the comment does not name a rule", "write -- check: ignore RULE"))
      }
      for name in names {
        guard let rule = Rule(rawValue: name) else {
          let known = Rule.allCases.map(\.rawValue)
          findings.append(
            Finding(
              .unusedSuppression, comment, "unknown rule '\(name)'",
              Walk.nearest(name, known) ?? "`usher check --list-rules` lists them"))
          continue
        }
        suppressions.append(Suppression(rule: rule, range: comment, line: line))
      }
    }

    /// The findings that are not suppressed, and problems of the suppressions. Errors cannot be suppressed: the daemon
    /// refuses a file with an error.
    func applied(to found: [Finding]) -> [Finding] {
      var used: Set<Int> = []
      var places: [Int: [Int]] = [:]
      for (index, suppression) in suppressions.enumerated() {
        if let line = suppression.line { places[line, default: []].append(index) }
      }
      let left = found.filter { finding in
        guard finding.severity == .warning, let line = finding.line else { return true }
        let own = (places[line] ?? []).filter { suppressions[$0].rule == finding.rule }
        used.formUnion(own)
        return own.isEmpty
      }
      let unused = suppressions.enumerated().filter { !used.contains($0.offset) }.map { _, suppression in
        let isError = suppression.rule.severity == .error
        return Finding(
          .unusedSuppression, suppression.range,
          isError
            ? "'\(suppression.rule.rawValue)' is an error and cannot be ignored"
            : "there is no '\(suppression.rule.rawValue)' to ignore",
          isError ? "fix it: the file is refused because of it" : "remove the comment")
      }
      return left + findings + unused
    }
  }
}

extension String {
  /// Without blanks at either end.
  fileprivate var trimmed: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}

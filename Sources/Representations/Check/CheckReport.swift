import Operations
import Policies
import PolicyLint
import Terminal
import Wire

/// What `usher check` found in files: a row for each finding, or the text of each finding with its line.
package struct CheckReport: Representation {
  /// The most findings of a file that a table shows.
  private static let shownMax = 100

  /// The text of one file, for people.
  package struct FileText: Equatable, Sendable {
    /// Each finding: `file:3:12: error: what is wrong [rule]`, the line with its position marked, the advice, and, for the first
    /// finding of a rule in the report, the reason. Empty for a file without findings.
    package let findings: String
    /// An additional message: that the file is fine, or how many more findings there are. Nil for none.
    package let note: String?
  }

  private(set) var files: [CheckedFile] = []
  /// Rules whose reason was already printed.
  private var explained: Set<PolicyCheck.Rule> = []
  private var texts: [FileText] = []

  /// A report without files.
  package init() {}

  /// Adds a file and returns its text, which may be shown before the next file is checked.
  @discardableResult
  package mutating func add(_ file: CheckedFile) -> FileText {
    files.append(file)
    let text = text(of: file)
    texts.append(text)
    return text
  }

  /// Whether any file has a finding of either severity.
  package var hasFindings: Bool { files.contains { !$0.findings.isEmpty } }
  /// Whether any file has an error.
  package var hasErrors: Bool { files.contains { $0.findings.contains { $0.severity == .error } } }

  /// An object for each finding, in the order in which files were added.
  package var json: JSONValue { listing.json }
  /// A row for each finding, in the order in which files were added.
  package var csv: String { listing.csv }
  /// The findings of all files, without the notes. The width has no effect: lines of a source are not wrapped.
  package func table(columns: Int?) -> StyledText { StyledText(texts.map(\.findings).joined()) }

  private var listing: Listing {
    var listing = Listing([
      "file", "line", "column", "severity", "message", "advice", "rule", "end_line", "end_column", "fix",
    ])
    for file in files {
      for finding in file.findings {
        listing.add([
          .string(file.path), JSONValue(finding.line), JSONValue(finding.column), .string(finding.severity.rawValue),
          .string(finding.message), JSONValue(finding.advice), .string(finding.rule.rawValue),
          JSONValue(finding.endLine),
          JSONValue(finding.endColumn), finding.fix.map(CheckReport.edits) ?? .null,
        ])
      }
    }
    return listing
  }

  private static func edits(_ fix: PolicyCheck.Fix) -> JSONValue {
    .array(
      fix.edits.map { edit in
        [
          "line": JSONValue(edit.line), "column": JSONValue(edit.column), "end_line": JSONValue(edit.endLine),
          "end_column": JSONValue(edit.endColumn), "text": .string(edit.text),
        ]
      })
  }

  private mutating func text(of file: CheckedFile) -> FileText {
    let findings = file.findings
    if findings.isEmpty { return FileText(findings: "", note: "\(file.path): fine") }
    let excerpt = SourceExcerpt(file.source)
    var text = ""
    for finding in findings.prefix(CheckReport.shownMax) {
      text += finding.text(in: file.path, excerpt)
      let rule = finding.rule
      if explained.insert(rule).inserted { text += "  why: \(rule.why); see \(rule.page)\n" }
    }
    let left = findings.count - CheckReport.shownMax
    return FileText(
      findings: text, note: left > 0 ? "\(file.path): \(left) more; --format csv lists all" : nil)
  }

  /// Every rule of the check: its severity, whether `--fix` corrects it, what it finds, why, and its page.
  package static let rules: Listing = {
    var listing = Listing(["rule", "severity", "fix", "finds", "why", "page"])
    for rule in PolicyCheck.Rule.allCases {
      listing.add([
        .string(rule.rawValue), .string(rule.severity.rawValue), .bool(rule.isFixable), .string(rule.summary),
        .string(rule.why), .string(rule.page),
      ])
    }
    return listing
  }()
}

extension PolicyCheck.Finding {
  /// `file:3:12: error: what is wrong [rule]`, the line with a mark below the place, and what to do.
  package func text(in file: String, _ excerpt: SourceExcerpt) -> String {
    let place = [file] + [line, column].compactMap { $0.map(String.init) }
    let end = endLine == line ? endColumn : Int.max
    let fixes = fix == nil ? "" : " (--fix corrects it)"
    return place.joined(separator: ":") + ": \(severity.rawValue): \(message) [\(rule.rawValue)]\n"
      + excerpt.text(line: line, column: column, endColumn: end) + (advice.map { "  \($0)\(fixes)\n" } ?? "")
  }
}

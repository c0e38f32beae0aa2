import Operations
import Policies
import PolicyLint
import Representations
import Wire

/// What `usher check` found in the files so far.
struct CheckReport {
  /// So many findings of a file are shown to people.
  private static let mostShown = 100
  private(set) var files: [(file: CheckedFile, findings: [PolicyCheck.Finding])] = []
  /// Rules of which it was said why they matter.
  private var explained: Set<PolicyCheck.Rule> = []

  var hasFindings: Bool { files.contains { !$0.findings.isEmpty } }
  var hasErrors: Bool { files.contains { $0.findings.contains { $0.severity == .error } } }

  mutating func add(_ findings: [PolicyCheck.Finding], in file: CheckedFile) { files.append((file, findings)) }

  /// A row for each finding.
  var listing: Listing {
    var listing = Listing([
      "file", "line", "column", "severity", "message", "advice", "rule", "end_line", "end_column", "fix",
    ])
    for (file, findings) in files {
      for finding in findings {
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

  /// Each finding as people read it: `file:3:12: error: what is wrong [rule]`, the line with its place marked, what to do,
  /// and, for the first of a rule, why. Says of a file without findings that it is fine.
  mutating func text(of findings: [PolicyCheck.Finding], in file: CheckedFile) -> String {
    if findings.isEmpty { Talk.say("\(file.path): fine") }
    let excerpt = SourceExcerpt(file.source)
    var text = ""
    for finding in findings.prefix(CheckReport.mostShown) {
      text += finding.text(in: file.path, excerpt)
      let rule = finding.rule
      if explained.insert(rule).inserted { text += "  why: \(rule.why); see \(rule.page)\n" }
    }
    if findings.count > CheckReport.mostShown {
      Talk.say("\(file.path): \(findings.count - CheckReport.mostShown) more; --format csv lists all of them")
    }
    return text
  }

  /// Every rule.
  static let rules: Listing = {
    var listing = Listing(["rule", "severity", "fix", "finds", "why", "page"])
    for rule in PolicyCheck.Rule.allCases {
      listing.add([
        .string(rule.rawValue), .string(rule.severity.rawValue), .bool(rule.isMended), .string(rule.summary),
        .string(rule.why), .string(rule.page),
      ])
    }
    return listing
  }()
}

extension PolicyCheck.Finding {
  /// `file:3:12: error: what is wrong [rule]`, the line with a mark below the place, and what to do.
  func text(in file: String, _ excerpt: SourceExcerpt) -> String {
    let place = [file] + [line, column].compactMap { $0.map(String.init) }
    let end = endLine == line ? endColumn : Int.max
    let mends = fix == nil ? "" : " (--fix does it)"
    return place.joined(separator: ":") + ": \(severity.rawValue): \(message) [\(rule.rawValue)]\n"
      + excerpt.text(line: line, column: column, endColumn: end) + (advice.map { "  \($0)\(mends)\n" } ?? "")
  }
}

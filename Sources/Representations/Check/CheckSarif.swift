import Foundation
import Operations
import Policies
import PolicyLint
import Wire

/// Findings in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS, 2020), which code scanning and editors
/// read. Columns count Unicode code points, as `columnKind` states.
package struct CheckSarif {
  private let report: CheckReport
  /// The version of the program that ran the check.
  private let version: String
  /// The base URL of the rules' pages; nil if none was given.
  private let pages: String?

  /// `version`: the version of the program, for `driver`. `pages`: the base URL of the rules' pages; if nil, each
  /// rule's `helpUri` is a URN.
  package init(_ report: CheckReport, version: String, pages: String?) {
    (self.report, self.version) = (report, version)
    self.pages = pages.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
  }

  /// The whole file as pretty JSON, with a newline at its end.
  package var text: String { JSONWriter(style: .pretty).string(json) + "\n" }

  /// One run with the rules of the check and a result for each finding.
  package var json: JSONValue {
    [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
      "version": "2.1.0",
      "runs": [
        [
          "tool": ["driver": driver],
          "columnKind": "unicodeCodePoints",
          "results": .array(report.files.flatMap { file in file.findings.map { result($0, in: file) } }),
        ]
      ],
    ]
  }

  private var driver: JSONValue {
    [
      "name": "usher check",
      "version": .string(version),
      "semanticVersion": .string(version),
      "rules": .array(PolicyCheck.Rule.allCases.map(rule)),
    ]
  }

  private func rule(_ rule: PolicyCheck.Rule) -> JSONValue {
    [
      "id": .string(rule.rawValue),
      "shortDescription": ["text": .string(CheckSarif.sentence(rule.summary))],
      "fullDescription": ["text": .string(CheckSarif.sentence(rule.why))],
      "helpUri": .string(pages.map { "\($0)/\(rule.rawValue).md" } ?? "urn:usher:check:\(rule.rawValue)"),
      "help": ["text": .string("\(CheckSarif.sentence(rule.why)) See \(rule.page).")],
      "defaultConfiguration": ["level": .string(rule.severity.rawValue)],
    ]
  }

  private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }

  private func result(_ finding: PolicyCheck.Finding, in file: CheckedFile) -> JSONValue {
    let artifact: JSONValue = ["uri": .string(CheckSarif.uri(file.path))]
    var place: [(String, JSONValue)] = [("artifactLocation", artifact)]
    if let line = finding.line {
      place.append(
        ("region", CheckSarif.region(line, finding.column, finding.endLine ?? line, finding.endColumn)))
    }
    let advice = finding.advice.map { " (\($0))" } ?? ""
    var members: [(String, JSONValue)] = [
      ("ruleId", .string(finding.rule.rawValue)),
      ("ruleIndex", JSONValue(PolicyCheck.Rule.allCases.firstIndex(of: finding.rule))),
      ("level", .string(finding.severity.rawValue)),
      ("message", ["text": .string(finding.message + advice)]),
      ("locations", [["physicalLocation": .object(JSONObject(place))]]),
    ]
    if let fix = finding.fix {
      let replacements = fix.edits.map { edit -> JSONValue in
        [
          "deletedRegion": CheckSarif.region(edit.line, edit.column, edit.endLine, edit.endColumn),
          "insertedContent": ["text": .string(edit.text)],
        ]
      }
      let changes: JSONValue = [["artifactLocation": artifact, "replacements": .array(replacements)]]
      members.append(("fixes", [["description": ["text": .string(fix.summary)], "artifactChanges": changes]]))
    }
    return .object(JSONObject(members))
  }

  private static func region(_ line: Int, _ column: Int?, _ endLine: Int, _ endColumn: Int?) -> JSONValue {
    guard let column, let endColumn else { return ["startLine": JSONValue(line)] }
    return [
      "startLine": JSONValue(line), "startColumn": JSONValue(column), "endLine": JSONValue(endLine),
      "endColumn": JSONValue(endColumn),
    ]
  }

  /// A path as a URI: relative to the current folder, or absolute.
  private static func uri(_ path: String) -> String {
    if path.hasPrefix("/") { return URL(fileURLWithPath: path).absoluteString }
    let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")
    var relative = path[...]
    while relative.hasPrefix("./") { relative = relative.dropFirst(2) }
    return String(relative).addingPercentEncoding(withAllowedCharacters: allowed) ?? String(relative)
  }
}

import ArgumentParser
import Policies
import Wire

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check policy files without calling their hooks.",
    discussion: """
      Prints FILE:LINE:COLUMN, what is wrong and what to do. Exits 1 when a file has an error. Of a file named *_test.lua
      it is checked that it states cases; `usher test` runs them.

        usher check Rules/*.lua
      """)

  @Argument(help: "Policy files.", completion: .file(extensions: ["lua"])) var files: [String]
  @OptionGroup var format: FormatOptions

  func run() throws {
    var hasErrors = false
    var listing = Listing(["file", "line", "column", "severity", "message", "advice"])
    for file in files {
      let source = try readInput(file)
      let name = file.split(separator: "/").last.map(String.init) ?? file
      let findings =
        name.hasSuffix("_test.lua")
        ? PolicyCheck.findings(inCases: name, source: source)
        : PolicyCheck(file: name.hasSuffix(".lua") ? String(name.dropLast(4)) : name, source: source).findings
      hasErrors = hasErrors || findings.contains { $0.severity == .error }
      for finding in findings {
        listing.add([
          .string(file), JSONValue(finding.line), JSONValue(finding.column), .string(finding.severity.rawValue),
          .string(finding.message), JSONValue(finding.advice),
        ])
        if format.format == .table { Talk.put(Self.text(finding, file: file, source: source)) }
      }
      if format.format == .table && findings.isEmpty { Talk.say("\(file): fine") }
    }
    if format.format != .table { Talk.put(listing.text(format.format)) }
    if hasErrors { throw ExitCode(1) }
  }

  /// `file:3:12: error: …`, the line with a caret below the place, and what to do.
  private static func text(_ finding: PolicyCheck.Finding, file: String, source: [UInt8]) -> String {
    let place = [finding.line, finding.column].compactMap { $0.map(String.init) }
    var text = ([file] + place).joined(separator: ":") + ": \(finding.severity.rawValue): \(finding.message)\n"
    if let line = finding.line {
      let lines = source.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      if lines.indices.contains(line - 1) {
        let content = String(decoding: lines[line - 1], as: UTF8.self).replacing("\t", with: " ")
        text += "  \(terminalSafe(String(content.prefix(160))))\n"
        if let column = finding.column, column <= 160 {
          text += "  " + String(repeating: " ", count: column - 1) + "^\n"
        }
      }
    }
    if let advice = finding.advice { text += "  \(advice)\n" }
    return text
  }
}

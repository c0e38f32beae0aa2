import ArgumentParser
import Policies
import Wire

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check policy files without calling their hooks.",
    discussion: """
      Prints FILE:LINE:COLUMN, what is wrong and what to do. Exits 1 when a file has an error. Of a file named *_test.lua
      it is checked that it states cases; `usher test` runs them.

      With --search it goes on to look for requests that break a property of the policies.

        usher check Rules/*.lua
        usher check --search Rules/fallback.lua
      """)

  @Argument(help: "Policy files.", completion: .file(extensions: ["lua"])) var files: [String]
  @OptionGroup var format: FormatOptions
  @OptionGroup var search: SearchOptions

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
        if format.format == .table { Talk.put(finding.text(in: file, source: source)) }
      }
      if format.format == .table && findings.isEmpty { Talk.say("\(file): fine") }
    }
    // What was found by searching has standard output for itself, where it is for programs.
    if format.format != .table, !search.search || hasErrors { Talk.put(listing.text(format.format)) }
    if hasErrors { throw ExitCode(1) }
    if search.search { try SearchRun(files: files, options: search, format: format.format).run() }
  }
}

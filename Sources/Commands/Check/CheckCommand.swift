import ArgumentParser
import Operations
import Policies
import PolicyLint
import Representations

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check policy files without calling their hooks.",
    discussion: """
      Prints FILE:LINE:COLUMN, the problem, why it matters and how to correct it. Exits 1 if a file has an error. For a
      file named *_test.lua it checks that the file contains cases; `usher test` runs them.

      To ignore a warning, write the comment `-- check: ignore RULE` on its line or on the line above.

      After these checks, --search generates requests and looks for one that breaks a property of the policies.

        usher check Rules/*.lua
        usher check --fix new/fallback.lua
        usher check --format sarif --warnings-as-errors Rules/*.lua > check.sarif
        usher check --search Rules/fallback.lua
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv, sarif }

  @Argument(help: "Policy files; - is standard input.", completion: .file(extensions: ["lua"])) var files: [String] = []
  @Option(help: "Output format: table, json, csv or sarif.") var format = Format.table
  @Flag(help: "Apply all unambiguous fixes to the files, and list them.") var fix = false
  @Flag(help: "Exit 1 on warnings too.") var warningsAsErrors = false
  @Option(help: ArgumentHelp("Omit the warnings of this rule; repeat for more.", valueName: "rule"))
  var disable: [String] = []
  @Flag(help: "List the rules and check nothing.") var listRules = false
  @Option(help: ArgumentHelp("The base URL of the published Docs/Checks pages, for links in sarif.", valueName: "url"))
  var pages: String?
  @OptionGroup var search: SearchOptions

  func validate() throws {
    guard listRules || !files.isEmpty else {
      throw ValidationError("expected policy files, such as usher check Rules/*.lua, found none")
    }
    for name in disable {
      guard let rule = PolicyCheck.Rule(rawValue: name) else {
        throw ValidationError("--disable: no rule '\(name)'; `usher check --list-rules` lists them")
      }
      guard rule.severity == .warning else {
        throw ValidationError(
          "--disable: expected a warning, found the error '\(name)'; a file with an error is refused, so errors cannot be omitted"
        )
      }
    }
    guard !fix || !files.contains("-") else {
      throw ValidationError("--fix: expected files, found -; standard input cannot be corrected in place")
    }
    guard !search.search || format != .sarif else {
      throw ValidationError("--search: expected the format table, json or csv, found sarif")
    }
    guard !listRules || format != .sarif else {
      throw ValidationError("--list-rules: expected the format table, json or csv, found sarif")
    }
  }

  func run() throws {
    let listing = ListingFormat(rawValue: format.rawValue)
    if listRules { return TerminalOutput.write(CheckReport.rules, listing ?? .table) }
    let report = try check()
    // In a format for programs, standard output is reserved for the search results.
    let isLast = !search.search || report.hasErrors
    switch format {
    case .table: break
    case .sarif: TerminalOutput.write(CheckSarif(report, version: UsherProgram.version, pages: pages).text)
    case .json, .csv: if isLast { TerminalOutput.write(report.text(listing ?? .json)) }
    }
    if report.hasErrors || (warningsAsErrors && report.hasFindings) { throw ExitCode(1) }
    if search.search { try search.run(files, format: listing ?? .table) }
  }

  /// Checks the files in order. In the table format each file's findings are printed as soon as it is checked.
  private func check() throws -> CheckReport {
    var report = CheckReport()
    for path in files {
      let file = try CheckPolicyFile(
        path, source: try readInput(path), disabled: disable.compactMap(PolicyCheck.Rule.init)
      ).run(fixes: fix)
      for finding in file.fixed { TerminalOutput.note(Self.note("fixed", finding, path)) }
      for finding in file.refused {
        TerminalOutput.note(Self.note("not fixed, the file would then have a new error", finding, path))
      }
      let text = report.add(file)
      guard format == .table else { continue }
      if let note = text.note { TerminalOutput.note(note) }
      TerminalOutput.write(text.findings)
    }
    return report
  }

  /// `p.lua:3:9: fixed: 'devise' becomes 'device' [unknown-field]`
  private static func note(_ outcome: String, _ finding: PolicyCheck.Finding, _ path: String) -> String {
    let place = [finding.line, finding.column].compactMap { $0.map(String.init) }.joined(separator: ":")
    return "\(path):\(place): \(outcome): \(finding.fix?.summary ?? finding.message) [\(finding.rule.rawValue)]"
  }
}

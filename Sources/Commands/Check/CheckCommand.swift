import ArgumentParser
import Operations
import Policies
import PolicyLint
import Representations

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check policy files without calling their hooks.",
    discussion: """
      Prints FILE:LINE:COLUMN, what is wrong, why it matters and what to do. Exits 1 when a file has an error. Of a file
      named *_test.lua it is checked that it states cases; `usher test` runs them.

      A warning is ignored where a comment on its line or above it says check: ignore RULE.

      With --search it goes on to look for requests that break a property of the policies.

        usher check Rules/*.lua
        usher check --fix new/fallback.lua
        usher check --format sarif --warnings-as-errors Rules/*.lua > check.sarif
        usher check --search Rules/fallback.lua
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv, sarif }

  @Argument(help: "Policy files; - is standard input.", completion: .file(extensions: ["lua"])) var files: [String] = []
  @Option(help: "How to print: table, json, csv or sarif.") var format = Format.table
  @Flag(help: "Write the files with everything mended whose mend is certain, and say what was.") var fix = false
  @Flag(help: "Exit 1 for warnings too.") var warningsAsErrors = false
  @Option(help: ArgumentHelp("Leave out the warnings of this rule; can be given several times.", valueName: "rule"))
  var disable: [String] = []
  @Flag(help: "List the rules, and check nothing.") var listRules = false
  @Option(help: ArgumentHelp("Where the pages of Docs/Checks can be read, for the links of sarif.", valueName: "url"))
  var pages: String?
  @OptionGroup var search: SearchOptions

  func validate() throws {
    guard listRules || !files.isEmpty else {
      throw ValidationError("Missing expected argument '<files> ...': name policy files, as in usher check Rules/*.lua")
    }
    for name in disable {
      guard let rule = PolicyCheck.Rule(rawValue: name) else {
        throw ValidationError("--disable: unknown rule '\(name)'; `usher check --list-rules` lists them")
      }
      guard rule.severity == .warning else {
        throw ValidationError(
          "--disable: '\(name)' is an error; a file that has one is refused, so it cannot be left out")
      }
    }
    guard !fix || !files.contains("-") else {
      throw ValidationError("--fix: expected files, found -; standard input cannot be written")
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
    // What is found by searching has standard output for itself, where it is for programs.
    let isLast = !search.search || report.hasErrors
    switch format {
    case .table: break
    case .sarif: TerminalOutput.write(CheckSarif(report, version: UsherProgram.version, pages: pages).text)
    case .json, .csv: if isLast { TerminalOutput.write(report.text(listing ?? .json)) }
    }
    if report.hasErrors || (warningsAsErrors && report.hasFindings) { throw ExitCode(1) }
    if search.search { try search.run(files, format: listing ?? .table) }
  }

  /// Checks the files one after the other; for people, each is told of as soon as it was checked.
  private func check() throws -> CheckReport {
    var report = CheckReport()
    for path in files {
      let file = try CheckPolicyFile(
        path, source: try readInput(path), disabled: disable.compactMap(PolicyCheck.Rule.init)
      ).run(fixes: fix)
      for finding in file.fixed {
        let place = [finding.line, finding.column].compactMap { $0.map(String.init) }.joined(separator: ":")
        TerminalOutput.note(
          "\(path):\(place): fixed: \(finding.fix?.summary ?? finding.message) [\(finding.rule.rawValue)]")
      }
      let text = report.add(file)
      guard format == .table else { continue }
      if let note = text.note { TerminalOutput.note(note) }
      TerminalOutput.write(text.findings)
    }
    return report
  }
}

import ArgumentParser
import Files
import Operations
import Policies
import PolicyTesting
import Representations
import Routing
import Wire

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run the test cases of policies: files named *_test.lua.",
    discussion: """
      Takes files and folders; the default is the folder 'Rules'. Fails if no case is found. --coverage reports the
      policy lines and branches that no case reached, and why. --from-decision runs no case: it writes a case that
      reproduces a recorded decision.

        usher test
        usher test Rules/fallback_test.lua --filter offline
        usher test --watch
        usher test --format junit > cases.xml
        usher test --coverage --coverage-html coverage.html --min-coverage 90
        usher test --from-decision 7 --out Rules/fallback_test.lua
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv, junit }
  enum CoverageFormat: String, ExpressibleByArgument, CaseIterable { case text, lcov }

  @Argument(help: "Files or folders of cases.", completion: .file(extensions: ["lua"])) var paths: [String] = []
  @Option(name: .long, help: "Output format: table, json, csv or junit.") var format = Format.table
  @Option(
    help: ArgumentHelp("Run only cases whose name, or file name, contains this text.", valueName: "text"))
  var filter: String?
  @Flag(help: "Run again whenever a policy or case file changes, until Ctrl-C.") var watch = false
  @Option(help: ArgumentHelp("Cases to run in parallel; default: the number of cores.", valueName: "n"))
  var jobs: Int?
  @Flag(help: "Report the policy lines and branches that no case reached, and why.") var coverage = false
  @Option(help: "Coverage format: text or lcov.") var coverageFormat = CoverageFormat.text
  @Option(help: ArgumentHelp("Write coverage to this file in lcov format.", valueName: "file")) var lcov: OutputPath?
  @Option(help: ArgumentHelp("Write coverage to this file as an HTML page.", valueName: "file")) var coverageHtml:
    OutputPath?
  @Option(
    help: ArgumentHelp("Exit 1 if the cases reach a smaller share of the lines and branches.", valueName: "percent"))
  var minCoverage: Double?
  @Option(
    help: ArgumentHelp(
      "Write a case that reproduces this recorded decision; `usher contact show` lists the numbers.",
      valueName: "number"))
  var fromDecision: Int64?
  @OptionGroup var store: StoreOptions
  @Option(help: ArgumentHelp("With --from-decision: the tenant's id.", valueName: "tenant")) var tenant: String?
  @Option(
    help: ArgumentHelp(
      "With --from-decision: write to this file, or add the case to it if it exists; default: standard output.",
      valueName: "file"))
  var out: OutputPath?
  @Flag(help: "With --from-decision: replace personal data that the policy did not read.")
  var anonymous = false

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs: expected 1 to 256, found \(jobs)") }
    if let minCoverage, !(0...100).contains(minCoverage) {
      throw ValidationError("--min-coverage: expected 0 to 100, found \(minCoverage)")
    }
    try OutputPath.refuseSame([("--out", out), ("--lcov", lcov), ("--coverage-html", coverageHtml)])
    if coverageFormat == .lcov, format != .table {
      throw ValidationError(
        "--coverage-format lcov and --format \(format.rawValue) both write to standard output; use --lcov FILE")
    }
    if fromDecision == nil, out != nil || anonymous || tenant != nil {
      throw ValidationError("--out, --anonymous and --tenant require --from-decision")
    }
    if fromDecision != nil, !paths.isEmpty || watch || wantsCoverage || filter != nil {
      throw ValidationError(
        "--from-decision writes a case and runs none; omit paths, --watch, --filter and the coverage options")
    }
    if filter?.isEmpty == true { throw ValidationError("--filter: expected part of a name, found an empty text") }
  }

  func run() throws {
    if let fromDecision { return try writeCase(of: fromDecision) }
    for path in [lcov, coverageHtml] { try path?.check(store: try store.file()) }
    guard watch else {
      if try !runOnce() { throw ExitCode(1) }
      return
    }
    var watcher = CaseWatch(paths.isEmpty ? ["Rules"] : paths)
    var isFine = false
    repeat {
      do { isFine = try runOnce() } catch {
        // The next edit may correct an error in a file.
        guard let text = usherError(error)?.message else { throw error }
        TerminalOutput.note("usher: " + text)
        isFine = false
      }
      TerminalOutput.note("waiting for changes; press Ctrl-C to stop")
      let changed = watcher.wait()
      if !changed.isEmpty { TerminalOutput.note("\nchanged: " + changed.joined(separator: ", ")) }
    } while !watcher.hasEnded
    if !isFine { throw ExitCode(1) }
  }

  private var wantsCoverage: Bool {
    coverage || coverageFormat == .lcov || lcov != nil || coverageHtml != nil || minCoverage != nil
  }

  /// Returns whether every case passed and the coverage is sufficient.
  private func runOnce() throws -> Bool {
    let run = try RunCases(
      paths, filter: filter, measuresCoverage: wantsCoverage, workers: jobs.map(Workers.init(count:)) ?? .all,
      stopwatch: stopwatch
    ).run()
    let report = CaseReport(run)
    switch format {
    // Standard output is reserved for the tracefile.
    case .table where coverageFormat == .lcov:
      if run.failures > 0 { TerminalOutput.note(report.failures.withoutTrailingNewlines) }
    case .table: TerminalOutput.write(report.failures)
    case .json: TerminalOutput.write(report, .json)
    case .csv: TerminalOutput.write(report, .csv)
    case .junit: TerminalOutput.write(JUnitReport(run).text)
    }
    let isCovered = try wantsCoverage ? put(CoverageText(run), of: run) : true
    for note in run.notes { TerminalOutput.note("note: \(terminalSafe(note))") }
    for problem in run.problems { TerminalOutput.note("usher: " + problem) }
    TerminalOutput.note(report.summary)
    return run.holds && isCovered
  }

  /// Prints and writes coverage. Returns false if it is below `--min-coverage`.
  private func put(_ text: CoverageText, of run: CaseRun) throws -> Bool {
    // Coverage describes policies and cases and is meant to be shared.
    let store = try store.file()
    try lcov?.write(text.tracefile, mode: .ordinary, store: store)
    try coverageHtml?.write(CoveragePage(run).page.html, mode: .ordinary, store: store)
    if coverageFormat == .lcov {
      TerminalOutput.write(text.tracefile)
    } else if coverage {
      // Unless the format is a table, standard output is reserved for its data.
      format == .table ? TerminalOutput.write(text.text) : TerminalOutput.note(text.text.withoutTrailingNewlines)
    }
    for remark in text.remarks { TerminalOutput.note("usher: " + remark) }
    guard let minCoverage, !run.isCovered(percent: minCoverage) else { return true }
    TerminalOutput.note("usher: \(text.sentence); expected at least \(minCoverage) % (--min-coverage)")
    return false
  }

  /// Writes the case to standard output or a new file, or adds it to an existing file of cases.
  private func writeCase(of decision: Int64) throws {
    let file = try store.file()
    // Checked before the file is read: a store or a pipe holds no cases.
    try out?.check(for: .lua, store: file)
    let written = try WriteCase(
      decision, of: tenant.map(TenantID.init(stored:)), isAnonymous: anonymous, to: out?.path
    ).run(on: try store.openToRead())
    // An existing file of cases keeps its mode. A new one holds a person's data, so it is private.
    let mode: FileMode = written.isAdded ? .ordinary : .personal(store: file)
    let output = try ReportOutput(path: out?.path, for: .lua, mode: mode, store: file)
    try output.put(written.text)
    try output.finish()
    for line in WrittenCaseText(written, path: out?.path).lines { TerminalOutput.note(line) }
  }
}

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
    commandName: "test", abstract: "Run the cases of policies: files named *_test.lua.",
    discussion: """
      Takes files and folders; without any, the folder 'Rules'. No case found is a failure. With --coverage it says which
      lines and branches of the policies no case reached, and why. With --from-decision it runs nothing and writes the
      case that makes a decision on record again.

        usher test
        usher test Rules/fallback_test.lua --filter offline
        usher test --watch
        usher test --format junit > cases.xml
        usher test --coverage --coverage-html coverage.html --min-coverage 90
        usher test --from-decision 7 --out Rules/fallback_test.lua
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv, junit }
  enum CoverageFormat: String, ExpressibleByArgument, CaseIterable { case text, lcov }

  @Argument(help: "Files or folders.", completion: .file(extensions: ["lua"])) var paths: [String] = []
  @Option(name: .long, help: "How to print: table, json, csv or junit.") var format = Format.table
  @Option(
    help: ArgumentHelp("Run the cases with this text in their name, or in that of their file.", valueName: "text"))
  var filter: String?
  @Flag(help: "Run again whenever a policy or a file of cases changes, until Ctrl-C.") var watch = false
  @Option(help: ArgumentHelp("Run so many cases at a time; without it as many as there are cores.", valueName: "n"))
  var jobs: Int?
  @Flag(help: "Say which lines and branches of the policies no case reached, and why.") var coverage = false
  @Option(help: "How to print coverage: text or lcov.") var coverageFormat = CoverageFormat.text
  @Option(help: ArgumentHelp("Write coverage to this file, as lcov does.", valueName: "file")) var lcov: OutputPath?
  @Option(help: ArgumentHelp("Write coverage to this file, as a page.", valueName: "file")) var coverageHtml:
    OutputPath?
  @Option(
    help: ArgumentHelp("Exit 1 when less of the lines and branches was reached.", valueName: "percent"))
  var minCoverage: Double?
  @Option(
    help: ArgumentHelp(
      "Write the case that makes this decision on record again; `usher contact show` has the numbers.",
      valueName: "number"))
  var fromDecision: Int64?
  @OptionGroup var store: StoreOptions
  @Option(help: ArgumentHelp("With --from-decision: the tenant's id.", valueName: "tenant")) var tenant: String?
  @Option(
    help: ArgumentHelp(
      "With --from-decision: write to this file, or into its cases when it is there; without it to standard output.",
      valueName: "file"))
  var out: OutputPath?
  @Flag(help: "With --from-decision: replace what tells of the person and was not read by the policy.")
  var anonymous = false

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs: expected 1 to 256, found \(jobs)") }
    if let minCoverage, !(0...100).contains(minCoverage) {
      throw ValidationError("--min-coverage: expected 0 to 100, found \(minCoverage)")
    }
    try OutputPath.refuseSame([("--out", out), ("--lcov", lcov), ("--coverage-html", coverageHtml)])
    if coverageFormat == .lcov, format != .table {
      throw ValidationError(
        "--coverage-format lcov and --format \(format.rawValue) both go to standard output; use --lcov FILE")
    }
    if fromDecision == nil, out != nil || anonymous || tenant != nil {
      throw ValidationError("--out, --anonymous and --tenant: expected --from-decision with them")
    }
    if fromDecision != nil, !paths.isEmpty || watch || wantsCoverage || filter != nil {
      throw ValidationError("--from-decision writes a case and runs none; leave out what is about running")
    }
    if filter?.isEmpty == true { throw ValidationError("--filter: expected a part of a name, found nothing") }
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
        // What is wrong with a file may be put right in the next moment.
        guard let text = usherError(error)?.message else { throw error }
        TerminalOutput.note("usher: " + text)
        isFine = false
      }
      TerminalOutput.note("waiting for a change; Ctrl-C ends")
      let changed = watcher.wait()
      if !changed.isEmpty { TerminalOutput.note("\nchanged: " + changed.joined(separator: ", ")) }
    } while !watcher.hasEnded
    if !isFine { throw ExitCode(1) }
  }

  private var wantsCoverage: Bool {
    coverage || coverageFormat == .lcov || lcov != nil || coverageHtml != nil || minCoverage != nil
  }

  /// True when every case holds and enough was reached.
  private func runOnce() throws -> Bool {
    let run = try RunCases(
      paths, filter: filter, measuresCoverage: wantsCoverage, workers: jobs.map(Workers.init(count:)) ?? .all,
      stopwatch: stopwatch
    ).run()
    let report = CaseReport(run)
    switch format {
    // A tracefile has standard output for itself.
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

  /// Prints and writes coverage. False when it is less than it must be.
  private func put(_ text: CoverageText, of run: CaseRun) throws -> Bool {
    // Coverage tells of policies and cases, and is made to be passed on.
    let store = try store.file()
    try lcov?.write(text.tracefile, mode: .ordinary, store: store)
    try coverageHtml?.write(CoveragePage(run).page.html, mode: .ordinary, store: store)
    if coverageFormat == .lcov {
      TerminalOutput.write(text.tracefile)
    } else if coverage {
      // Standard output is the data's where that is not a table.
      format == .table ? TerminalOutput.write(text.text) : TerminalOutput.note(text.text.withoutTrailingNewlines)
    }
    for remark in text.remarks { TerminalOutput.note("usher: " + remark) }
    guard let minCoverage, !run.isCovered(percent: minCoverage) else { return true }
    TerminalOutput.note("usher: \(text.sentence); expected at least \(minCoverage) % (--min-coverage)")
    return false
  }

  /// Writes the case to standard output, into a new file, or into the cases of a file that is there.
  private func writeCase(of decision: Int64) throws {
    let file = try store.file()
    // Before the file is read: a store, or a pipe, holds no cases.
    try out?.check(for: .lua, store: file)
    let written = try WriteCase(
      decision, of: tenant.map(TenantID.init(stored:)), isAnonymous: anonymous, to: out?.path
    ).run(on: try store.openToRead())
    // People trust their group with a file of cases that is there; a new one tells of a person, and is private.
    let mode: FileMode = written.isAdded ? .ordinary : .personal(store: file)
    let output = try ReportOutput(path: out?.path, for: .lua, mode: mode, store: file)
    try output.put(written.text)
    try output.finish()
    for line in WrittenCaseText(written, path: out?.path).lines { TerminalOutput.note(line) }
  }
}

import ArgumentParser
import Operations
import Representations
import Routing

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Make recorded decisions again, and prove that they come out the same.",
    discussion: """
      Each decision is made again from what is on record: the contact, the fleet and the policies as they were then.
      Exits 0 when every one comes out byte for byte as it is on record, instructions included, and 1 with the first
      difference otherwise. With --policy they are decided by another policy, and what differs is reported as a dry run
      does: exit code 2 when something does. Writes nothing.

        # proves the last day
        usher replay --since 24h
        # one decision; `usher contact show` has the numbers
        usher replay --decision 7 --format json
        # what another policy would have decided last week
        usher replay --since 7d --policy new/fallback.lua
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var format: FormatOptions
  @Option(help: ArgumentHelp("Decided since then: 24h, 30m, 7d, or a time.", valueName: "since")) var since:
    PastArgument?
  @Option(help: ArgumentHelp("Decided before then: 1h, or a time.", valueName: "until")) var until: PastArgument?
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?
  @Option(help: ArgumentHelp("This decision alone; `usher contact show` has the numbers.", valueName: "number"))
  var decision: Int64?
  @Option(
    help: ArgumentHelp(
      "Decide with this policy rather than with those on record: a policy file, the name of a policy, or a folder of policies in which each tenant's own list is looked up; given again, policies asked in order.",
      valueName: "file"), completion: .policies)
  var policy: [String] = []
  @Option(
    help: ArgumentHelp(
      "With --policy: set a parameter of it, as in max_wait=300; given again, others.", valueName: "name=value"))
  var param: [String] = []
  @Option(help: ArgumentHelp("Look at this many decisions at most.", valueName: "n")) var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit: expected 1 or more, found \(limit)") }
    if policy.isEmpty, !param.isEmpty {
      throw ValidationError("--param: expected --policy with it; what is on record is decided as it was")
    }
  }

  func run() throws {
    let now = SystemClock().now()
    let filter = RecordFilter(
      tenant: tenant.map(TenantID.init(stored:)), since: since?.instant(before: now),
      until: until?.instant(before: now),
      decision: decision)
    if policy.isEmpty { try prove(filter) } else { try compare(filter, now: now) }
  }

  private func prove(_ filter: RecordFilter) throws {
    let progress = Progress("decisions")
    defer { progress.end() }
    let report = try ReplayDecisions(filter, limit: limit).run(on: try store.openToRead(), progress: progress.show)
    progress.end()
    TerminalOutput.write(ReplayText(report), format.format)
    if let warning = report.foreignRevisionsWarning { TerminalOutput.error(warning) }
    if let problem = report.problem { throw problem }
  }

  private func compare(_ filter: RecordFilter, now: Instant) throws {
    let catalog = try rules.catalog(store: try store.file())
    let candidate = try PolicyArgument(
      policy, catalog: catalog, option: "--policy", overrides: try ParameterOverrides(param))
    let progress = Progress("decisions")
    defer { progress.end() }
    let report = try CompareRecorded(filter, limit: limit, now: now, candidate: candidate)
      .run(on: try store.openToRead(), progress: progress.show)
    progress.end()
    DryRunText(report, subject: "decisions on record before \(report.now.rfc3339)")
      .write(format.format, columns: TerminalOutput.outputColumns, to: TerminalOutput.write)
    if let problem = report.problem(noun: "decisions") { throw problem }
    if report.changed > 0 { throw ExitCode(2) }
  }
}

import ArgumentParser
import Operations
import Representations
import Routing

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Make recorded decisions again and verify that they are the same.",
    discussion: """
      Makes each decision again from its recorded inputs: the contact, the fleet and the policies of that time. Exits
      0 if every decision is the same as on record, including instruction counts; otherwise prints the first
      difference and exits 1. Values and texts of scripts are compared byte for byte, texts that Usher wrote by their
      codes. With --policy it decides with another policy and reports the differences like a dry run, with exit code 2
      if there are any. Writes nothing.

        # verify the last day
        usher replay --since 24h
        # one decision; `usher contact show` lists the numbers
        usher replay --decision 7 --format json
        # what another policy would have decided last week
        usher replay --since 7d --policy new/fallback.lua
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var format: FormatOptions
  @Option(help: ArgumentHelp("Only decisions from the last 24h, 30m or 7d, or since a time.", valueName: "since"))
  var since: PastArgument?
  @Option(help: ArgumentHelp("Only decisions made more than 1h ago, or before a time.", valueName: "until")) var until:
    PastArgument?
  @Option(help: "Only this tenant.", completion: .tenants) var tenant: String?
  @Option(help: ArgumentHelp("Only this decision; `usher contact show` lists the numbers.", valueName: "number"))
  var decision: Int64?
  @Option(
    help: ArgumentHelp(
      "Decide with this policy instead of the recorded ones: a policy file, the name of a policy, or a folder that contains the policies of each tenant; repeat for several, evaluated in order.",
      valueName: "file"), completion: .policies)
  var policy: [String] = []
  @Option(
    help: ArgumentHelp(
      "With --policy: set a parameter, such as max_wait=300; repeat for more.", valueName: "name=value"))
  var param: [String] = []
  @Option(help: ArgumentHelp("Replay at most this many decisions.", valueName: "n")) var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit: expected 1 or more, found \(limit)") }
    if policy.isEmpty, !param.isEmpty {
      throw ValidationError("--param requires --policy; recorded decisions keep their parameters")
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
    DryRunText(report, subject: "recorded decisions before \(report.now.rfc3339)")
      .write(format.format, columns: TerminalOutput.outputColumns, to: TerminalOutput.write)
    if let problem = report.problem(noun: "decisions") { throw problem }
    if report.changed > 0 { throw ExitCode(2) }
  }
}

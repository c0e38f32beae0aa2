import ArgumentParser
import DryRun
import Operations
import Policies
import Representations
import Routing

struct DryRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dry-run", abstract: "Show what a policy would change, on stored data; writes nothing.",
    discussion: """
      Decides each due or waiting contact twice, with the given policies and with the active ones, and compares the
      results. Each side sees only the effects of its own earlier decisions. Exits 0 if nothing would change, 2 if
      something would, and 1 if more contacts would move than --max-moved allows or a policy fails.

        # a shipped policy, for every tenant
        usher dry-run --policy reassign
        # an edited file, for one tenant, with a parameter
        usher dry-run --policy new/fallback.lua --tenant acme --param max_wait=300
        # an HTML page, and a plan for `usher policy activate`
        usher dry-run --policy new/ --format html --out change.html --save change.plan
        # the contacts behind a count
        usher dry-run --policy reassign --list moved --format csv
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var output: ReportOptions
  @Option(
    help: ArgumentHelp(
      "The candidate: a policy file, the name of a policy, or a folder that contains the policies of each tenant; repeat for several, evaluated in order.",
      valueName: "file"), completion: .policies)
  var policy: [String]
  @Option(
    help: ArgumentHelp(
      "Compare with these policies, given in the same way; default: each tenant's active policies.", valueName: "file"),
    completion: .policies)
  var against: [String] = []
  @Option(
    help: ArgumentHelp(
      "Set a parameter of the candidate, such as max_wait=300; repeat for more.", valueName: "name=value"))
  var param: [String] = []
  @Option(help: "Only this tenant.", completion: .tenants) var tenant: String?
  @Option(
    help: ArgumentHelp(
      "Decide as of this time, such as 2026-11-22T09:00:00Z, but not before the last cycle; default: now.",
      valueName: "time"))
  var at: InstantArgument?
  @Option(help: ArgumentHelp("Compare at most this many contacts.", valueName: "n")) var limit: Int?
  @Option(
    name: .customLong("max-moved"),
    help: ArgumentHelp("Exit 1 if more than this share would move to another device.", valueName: "percent"))
  var maxMoved: Double?
  @Option(
    help: ArgumentHelp(
      "List only these contacts: changed, moved, waiting, skipped, faults or same.", valueName: "which"))
  var list: DryRunReport.Listed?
  @Option(
    help: ArgumentHelp("Show both decisions of one contact in full.", valueName: "id"), completion: .contacts)
  var contact: String?
  @Option(
    help: ArgumentHelp("Save a plan to this file, for `usher policy activate --plan`.", valueName: "plan")) var save:
    OutputPath?

  func validate() throws {
    if policy.isEmpty { throw ValidationError("Missing expected argument '--policy <file>'") }
    if let limit, limit < 1 { throw ValidationError("--limit: expected 1 or more, found \(limit)") }
    if let maxMoved, !(0...100).contains(maxMoved) {
      throw ValidationError("--max-moved: expected 0 to 100 percent, found \(maxMoved)")
    }
    if list != nil, contact != nil { throw ValidationError("expected one of --list and --contact, found both") }
    if output.format == .html, list != nil || contact != nil {
      throw ValidationError("--format html cannot be combined with --list or --contact; the page contains the changes")
    }
    try OutputPath.refuseSame([("--out", output.out), ("--save", save)])
    if save != nil, !against.isEmpty {
      throw ValidationError("--save cannot be combined with --against; a plan compares with the active policies")
    }
    if save != nil, limit != nil {
      throw ValidationError("--save cannot be combined with --limit; a plan covers all contacts")
    }
  }

  func run() throws {
    let file = try store.file()
    try output.check(store)
    try save?.check(store: file)
    let store = try store.openToRead()
    let catalog = try rules.catalog(store: file)
    let candidate = try PolicyArgument(
      policy, catalog: catalog, option: "--policy", overrides: try ParameterOverrides(param))
    let other = against.isEmpty ? nil : try PolicyArgument(against, catalog: catalog, option: "--against")
    let comparison = ComparePolicies(
      candidate, against: other, catalog: catalog, tenant: tenant.map(TenantID.init(stored:)), at: at?.instant,
      now: SystemClock().now(), limit: limit, listed: list ?? .changed, contact: contact.map(ContactID.init(stored:)))
    try comparison.refusePast(
      in: store,
      instead:
        "`usher replay --policy \(policy[0]) --since \(at?.instant.rfc3339 ?? "")` decides the decisions made since then again"
    )
    let progress = Progress("contacts", of: TerminalOutput.isTerminal ? try comparison.count(in: store) : nil)
    let result = try comparison.run(on: store, plans: save != nil, progress: progress.show)
    progress.end()
    try put(result.report, candidate: candidate.title, against: other?.title ?? "the active policies")
    if let problem = result.report.problem(movedMax: maxMoved) { throw problem }
    if let save, let plan = result.plan {
      try PlanFile.write(plan, to: save, store: file)
      TerminalOutput.note("saved the plan to \(save.path); apply it with `usher policy activate --plan \(save.path)`")
    }
    if result.report.changed > 0 { throw ExitCode(2) }
  }

  private func put(_ report: DryRunReport, candidate: String, against: String) throws {
    let output = try self.output.open(store)
    let (format, columns) = (self.output.listing, self.output.columns)
    if contact != nil {
      try output.put(DryRunContactText(report.details).text(format, columns: columns))
    } else if list != nil {
      try DryRunChanges(report).write(format, columns: columns, to: output.put)
    } else if self.output.format == .html {
      let facts = [
        ("As of", report.now.rfc3339), ("Candidate", candidate), ("Compared with", against),
        ("Tenant", tenant ?? "all"),
      ]
      let page = DryRunPage(report, candidate: candidate, facts: facts.map { (name: $0.0, value: $0.1) }).page
      try output.put(page.html)
    } else {
      try DryRunText(report).write(format, columns: columns, to: output.put)
    }
    try output.finish()
  }
}

extension DryRunReport.Listed: ExpressibleByArgument {}

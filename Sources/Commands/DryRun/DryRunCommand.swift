import ArgumentParser
import DryRun
import Operations
import Policies
import Representations
import Routing

struct DryRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dry-run", abstract: "Show what a policy would change, against stored data; writes nothing.",
    discussion: """
      Decides every due contact twice, with the policies given and with the ones that are active, each following its own
      decisions, and compares. Exits 0 when nothing would change, 2 when something would, 1 above --max-moved or when
      a policy fails.

        # a shipped policy, for every tenant
        usher dry-run --policy reassign
        # an edited file, for one tenant, with a parameter
        usher dry-run --policy new/fallback.lua --tenant acme --param max_wait=300
        # a page to look at, and a plan that `usher policy activate` carries out
        usher dry-run --policy new/ --format html --out change.html --save change.plan
        # the contacts behind a number
        usher dry-run --policy reassign --list moved --format csv
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var output: ReportOptions
  @Option(
    help: ArgumentHelp(
      "The candidate: a policy file, the name of a policy, or a folder of policies in which each tenant's own list is looked up; given again, policies asked in order.",
      valueName: "file"), completion: .policies)
  var policy: [String]
  @Option(
    help: ArgumentHelp(
      "Compare with these, given likewise, rather than with each tenant's active policies.", valueName: "file"),
    completion: .policies)
  var against: [String] = []
  @Option(
    help: ArgumentHelp(
      "Set a parameter of the candidate, as in max_wait=300; given again, others.", valueName: "name=value"))
  var param: [String] = []
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?
  @Option(
    help: ArgumentHelp(
      "Decide as of this time, as in 2026-11-22T09:00:00Z, not before the last cycle. Without it, now.",
      valueName: "time"))
  var at: InstantArgument?
  @Option(help: ArgumentHelp("Look at this many contacts at most.", valueName: "n")) var limit: Int?
  @Option(
    name: .customLong("max-moved"),
    help: ArgumentHelp("Exit 1 when more than this share would go to another device.", valueName: "percent"))
  var maxMoved: Double?
  @Option(
    help: ArgumentHelp(
      "List only these contacts: changed, moved, waiting, skipped, faults or same.", valueName: "which"))
  var list: DryRunReport.Listed?
  @Option(
    help: ArgumentHelp("Show both decisions of one contact in full.", valueName: "id"), completion: .contacts)
  var contact: String?
  @Option(
    help: ArgumentHelp("Keep a plan that `usher policy activate --plan` carries out.", valueName: "plan")) var save:
    OutputPath?

  func validate() throws {
    if policy.isEmpty { throw ValidationError("Missing expected argument '--policy <file>'") }
    if let limit, limit < 1 { throw ValidationError("--limit: expected 1 or more, found \(limit)") }
    if let maxMoved, !(0...100).contains(maxMoved) {
      throw ValidationError("--max-moved: expected 0 to 100 percent, found \(maxMoved)")
    }
    if list != nil, contact != nil { throw ValidationError("--list and --contact: expected one of them") }
    if output.format == .html, list != nil || contact != nil {
      throw ValidationError("--format html: expected no --list and no --contact; the page has the changes")
    }
    try OutputPath.refuseSame([("--out", output.out), ("--save", save)])
    if save != nil, !against.isEmpty {
      throw ValidationError("--save: expected no --against; a plan is made against what is active")
    }
    if save != nil, limit != nil {
      throw ValidationError("--save: expected no --limit; a plan is tried on all that is due")
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
        "`usher replay --policy \(policy[0]) --since \(at?.instant.rfc3339 ?? "")` decides what was decided since again"
    )
    let progress = Progress("contacts", of: TerminalOutput.isTerminal ? try comparison.count(in: store) : nil)
    let result = try comparison.run(on: store, plans: save != nil, progress: progress.show)
    progress.end()
    try put(result.report, candidate: candidate.title, against: other?.title ?? "the active policies")
    if let problem = result.report.problem(movedMax: maxMoved) { throw problem }
    if let save, let plan = result.plan {
      try PlanFile.write(plan, to: save, store: file)
      TerminalOutput.note("the plan is in \(save.path); `usher policy activate --plan \(save.path)` carries it out")
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

import ArgumentParser
import DryRun
import Operations
import Policies
import Representations
import Routing
import Wire

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
    let now = SystemClock().now()
    let options = DryRun.Options(
      tenant: tenant.map(TenantID.init(stored:)), now: at?.instant ?? now, limit: limit ?? .max,
      listed: list ?? .changed, contact: contact.map(ContactID.init(stored:)))
    try PastMoment.refuse(
      at?.instant, in: store, of: options.tenant,
      instead:
        "`usher replay --policy \(policy[0]) --since \(options.now.rfc3339)` decides what was decided since again")
    let progress = Progress(
      "contacts",
      of: Talk.isTerminal ? min(limit ?? .max, try store.dueCount(of: options.tenant, at: options.now)) : nil)
    var draft = PlanDraft(catalog: catalog)
    let (report, standing) = try store.readWithPlanBasis(of: options.tenant, keeping: save != nil) { snapshot in
      if !candidate.overrides.isEmpty {
        try candidate.checkOverrides(
          for: try snapshot.tenants().filter { options.tenant == nil || $0.id == options.tenant })
      }
      return try DryRun(
        options: options,
        against: { tenant in
          if let other {
            let guards = try ActivePolicies.guards(of: tenant, in: snapshot, catalog: catalog)
            return CompiledLineup(live: try other.policies(for: tenant), guards: guards)
          }
          let lineup = try ActivePolicies.lineup(of: tenant, in: snapshot, catalog: catalog)
          if save != nil { draft.note(active: lineup.live) }
          return lineup
        },
        candidate: { tenant in
          if save != nil { try draft.note(candidate, for: tenant) }
          return try candidate.policies(for: tenant)
        }
      ).run(on: snapshot, progress: progress.show)
    }
    progress.end()
    try put(report, candidate: candidate, against: other?.title ?? "what is active")
    try judge(report)
    if let save, let standing {
      let plan = draft.plan(of: report, basis: standing, tenant: options.tenant, savedAt: now)
      try PlanFile.write(plan, to: save, store: file)
      Talk.say("the plan is in \(save.path); `usher policy activate --plan \(save.path)` carries it out")
    }
    if report.changed > 0 { throw ExitCode(2) }
  }

  private func put(_ report: DryRunReport, candidate: PolicyArgument, against: String) throws {
    let output = try self.output.open(store)
    let talk = DryRunTalk(report, columns: self.output.columns)
    if let contact {
      guard !report.details.isEmpty else {
        throw Problem(
          .invalidInput,
          "expected a contact that is due as of \(report.now.rfc3339), found that '\(contact)' is not; "
            + "`usher contact show` says where it stands")
      }
      try output.put(DryRunDetail.text(report.details, self.output.listing, columns: self.output.columns))
    } else if list != nil {
      try talk.writeList(self.output.listing, to: output.put)
    } else if self.output.format == .html {
      let facts = [
        ("As of", report.now.rfc3339), ("Candidate", candidate.title), ("Compared with", against),
        ("Tenant", tenant ?? "all"),
      ]
      try output.put(
        DryRunPage(report: report, candidate: candidate.title, facts: facts.map { (name: $0.0, value: $0.1) }).page.html
      )
    } else {
      try talk.write(self.output.listing, to: output.put)
    }
    try output.finish()
  }

  private func judge(_ report: DryRunReport) throws {
    if report.faults > 0 {
      throw Problem(.invalidPolicy, "the policy fails for \(report.faults) of \(report.contacts) contacts")
    }
    if let maxMoved, report.movedPercent > maxMoved {
      throw Problem(
        .invalidInput,
        "\(DryRunTalk.percent(report.movedPercent)) of the contacts would go to another device; the most allowed is \(DryRunTalk.percent(maxMoved))"
      )
    }
  }
}

extension DryRunReport.Listed: ExpressibleByArgument {}

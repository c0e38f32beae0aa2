import ArgumentParser
import Operations
import Representations
import Routing

struct PolicyActivateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activate",
    abstract: "Make policies decide: a file, a revision on record, or a plan; for all or a share.",
    discussion: """
      Gives tenants other policies from their next cycle on, beside a running serve. A file must pass its check and its
      cases. With --canary it decides for a share of the contacts, always the same ones, until it is promoted or rolled
      back; with --shadow it decides beside the live policies and is never acted on. Where several tenants would change,
      it needs --all-tenants and --reason; --dry shows who would.

        # for a tenth of the contacts, until it is promoted, rolled back or exceeds a rollback limit
        usher policy activate --policy new/fallback.lua --tenant acme --canary 10% --reason 'evens out the load'
        # beside the live policies, and never acted on
        usher policy activate --policy new/fallback.lua --tenant acme --shadow --share 25%
        # a revision on record, by the beginning of its digest
        usher policy activate --revision 6fca90b0 --tenant acme
        # what a dry run tried
        usher dry-run --policy reassign --save change.plan
        usher policy activate --plan change.plan --data-may-differ --all-tenants --reason 'owners are back'
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @Option(
    help: ArgumentHelp(
      "A policy file, or the name of a policy; given again, policies asked in order.", valueName: "file"),
    completion: .policies)
  var policy: [String] = []
  @Option(
    help: ArgumentHelp(
      "With --policy: set a parameter of it, as in max_wait=300; given again, others.", valueName: "name=value"))
  var param: [String] = []
  @Option(help: ArgumentHelp("A revision on record, by the beginning of its digest.", valueName: "digest"))
  var revision: String?
  @Option(
    help: ArgumentHelp("A plan that `usher dry-run --save` kept.", valueName: "file"), completion: .file())
  var plan: String?
  @OptionGroup var tenants: TenantsOptions
  @Option(help: ArgumentHelp("Decide for this share of the contacts, as in 10%.", valueName: "share"))
  var canary: PercentArgument?
  @Option(
    help: ArgumentHelp(
      "With --canary: the limits at which it is rolled back, as in faults=1%,waiting=+10%.", valueName: "limits"))
  var rollbackWhen: String?
  @Flag(help: "Decide beside the live policies, and never act on it.") var shadow = false
  @Option(help: ArgumentHelp("With --shadow: for this share of the contacts; 100%.", valueName: "share"))
  var share: PercentArgument?
  @Flag(help: "Show what would change and write nothing; exits 2 when something would.") var dry = false
  @Flag(
    name: .customLong("data-may-differ"),
    help:
      "With --plan: let pass that decisions were made, contacts enrolled or messages sent since; a running serve does that all the time."
  )
  var dataMayDiffer = false

  func validate() throws {
    let sources = [!policy.isEmpty, revision != nil, plan != nil].count { $0 }
    guard sources == 1 else {
      throw ValidationError(
        sources == 0
          ? "Missing expected argument: one of --policy, --revision and --plan"
          : "expected one of --policy, --revision and --plan, found several")
    }
    if plan != nil, canary != nil || shadow || tenants.tenant != nil || dry || !param.isEmpty {
      throw ValidationError(
        "--plan: expected no --tenant, --param, --canary, --shadow or --dry; a plan is carried out as it was tried")
    }
    if plan == nil, dataMayDiffer { throw ValidationError("--data-may-differ: expected --plan with it") }
    if canary != nil, shadow { throw ValidationError("expected one of --canary and --shadow, found both") }
    if revision != nil, !param.isEmpty {
      throw ValidationError("--param: expected --policy with it; a revision has the parameters that it had")
    }
    if share != nil, !shadow { throw ValidationError("--share: expected --shadow with it") }
    if rollbackWhen != nil, canary == nil { throw ValidationError("--rollback-when: expected --canary with it") }
    _ = try limits()
  }

  func run() throws {
    let format = format.format
    if let plan { return try apply(plan, format) }
    let catalog = try rules.catalog(store: try store.file())
    let store = dry ? try self.store.openToRead() : try self.store.openToWrite(as: who.actor)
    let source: ActivatePolicy.Source =
      if let revision {
        .revision(revision)
      } else {
        .files(
          try PolicyArgument(policy, catalog: catalog, option: "--policy", overrides: try ParameterOverrides(param)))
      }
    let result = try ActivatePolicy(source, as: try role(), scope: tenants.scope, isDry: dry).run(
      on: store, catalog: catalog, by: who.note())
    TerminalOutput.write(PolicyChangeReport(result.changes), format)
    result.unwatchedFiles.forEach(sayUnwatched)
    if result.changes.isEmpty { TerminalOutput.note("nothing was changed: these revisions decide already") }
    if dry, !result.changes.isEmpty { throw ExitCode(2) }
  }

  private func apply(_ path: String, _ format: ListingFormat) throws {
    let file = try store.file()
    let plan = try PlanFile.plan(try readInput(path), path: path)
    let store = try self.store.openToWrite(as: who.actor)
    let result = try ApplyPlan(plan, title: path, dataMayDiffer: dataMayDiffer, scope: tenants.scope).run(
      on: store, catalog: try rules.catalog(store: file), by: who.note())
    for path in result.filesWritten { TerminalOutput.note("wrote \(path)") }
    TerminalOutput.write(PlanReport(result), format)
  }

  private func sayUnwatched(_ path: String) {
    TerminalOutput.note(
      "\(path) is outside the rules folder: its present text is kept in the store, and a later edit of it changes nothing; "
        + "activate it again, or copy it into the rules folder to have edits taken")
  }

  private func role() throws -> ActivatePolicy.Role {
    if let canary { return .canary(share: canary.parts, limits: try limits()) }
    return shadow ? .shadow(share: share?.parts ?? ContactShare.whole) : .live
  }

  private func limits() throws -> RollbackLimits {
    var limits = RollbackLimits.standard
    guard let text = rollbackWhen else { return limits }
    do throws(RollbackLimits.Unreadable) {
      try limits.read(text)
    } catch { throw ValidationError("--rollback-when: \(error.message)") }
    return limits
  }
}

/// A share on the command line: `10%`.
struct PercentArgument: ExpressibleByArgument {
  /// Parts of a million.
  let parts: Int

  init?(argument: String) {
    guard let parts = Percent.partsPerMillion(argument[...]), parts > 0 else { return nil }
    self.parts = parts
  }
}

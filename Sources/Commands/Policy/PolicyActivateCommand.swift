import ArgumentParser
import Operations
import Representations
import Routing

struct PolicyActivateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activate",
    abstract: "Activate policies: a file, a recorded revision, or a plan; for all contacts or a share.",
    discussion: """
      Changes the policies of tenants from their next cycle on, even while serve is running. A file must pass its check
      and its cases. With --canary, the policies decide for a fixed share of the contacts until they are promoted or
      rolled back. With --shadow, they decide in parallel with the live policies and have no effect. Changing several
      tenants requires --all-tenants and --reason; --dry lists the tenants.

        # for a tenth of the contacts, until it is promoted, rolled back or exceeds a rollback limit
        usher policy activate --policy new/fallback.lua --tenant acme --canary 10% --reason 'evens out the load'
        # in parallel with the live policies, without effect
        usher policy activate --policy new/fallback.lua --tenant acme --shadow --share 25%
        # a recorded revision, by the beginning of its digest
        usher policy activate --revision 6fca90b0 --tenant acme
        # a policy that a dry run tried
        usher dry-run --policy reassign --save change.plan
        usher policy activate --plan change.plan --data-may-differ --all-tenants --reason 'owners are back'
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @Option(
    help: ArgumentHelp(
      "A policy file, or the name of a policy; repeat for several, evaluated in order.", valueName: "file"),
    completion: .policies)
  var policy: [String] = []
  @Option(
    help: ArgumentHelp(
      "With --policy: set a parameter, such as max_wait=300; repeat for more.", valueName: "name=value"))
  var param: [String] = []
  @Option(help: ArgumentHelp("A recorded revision, by the beginning of its digest.", valueName: "digest"))
  var revision: String?
  @Option(
    help: ArgumentHelp("A plan file that `usher dry-run --save` wrote.", valueName: "file"), completion: .file())
  var plan: String?
  @OptionGroup var tenants: TenantsOptions
  @Option(help: ArgumentHelp("Decide for this share of the contacts, such as 10%.", valueName: "share"))
  var canary: PercentArgument?
  @Option(
    help: ArgumentHelp(
      "With --canary: the limits at which it is rolled back, such as faults=1%,waiting=+10%.", valueName: "limits"))
  var rollbackWhen: String?
  @Flag(help: "Decide in parallel with the live policies, without effect.") var shadow = false
  @Option(help: ArgumentHelp("With --shadow: the share of the contacts; default: 100%.", valueName: "share"))
  var share: PercentArgument?
  @Flag(help: "Show what would change and write nothing; exits 2 if anything would.") var dry = false
  @Flag(
    name: .customLong("data-may-differ"),
    help:
      "With --plan: apply it even if decisions, enrolments or sends happened after the dry run. Needed while serve is running."
  )
  var dataMayDiffer = false

  func validate() throws {
    let sources = [!policy.isEmpty, revision != nil, plan != nil].count { $0 }
    guard sources == 1 else {
      throw ValidationError(
        sources == 0
          ? "expected one of --policy, --revision and --plan, found none"
          : "expected one of --policy, --revision and --plan, found several")
    }
    if plan != nil, canary != nil || shadow || tenants.tenant != nil || dry || !param.isEmpty {
      throw ValidationError(
        "--plan cannot be combined with --tenant, --param, --canary, --shadow or --dry; a plan is applied as it was tried"
      )
    }
    if plan == nil, dataMayDiffer { throw ValidationError("--data-may-differ requires --plan") }
    if canary != nil, shadow { throw ValidationError("expected one of --canary and --shadow, found both") }
    if revision != nil, !param.isEmpty {
      throw ValidationError("--param requires --policy; a revision keeps its parameters")
    }
    if share != nil, !shadow { throw ValidationError("--share requires --shadow") }
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
    result.unwatchedFiles.forEach(warnUnwatched)
    if result.changes.isEmpty { TerminalOutput.note("no change: these revisions are already live") }
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

  private func warnUnwatched(_ path: String) {
    TerminalOutput.note(
      "\(path) is outside the rules folder: the store keeps its current source, and later edits have no effect; "
        + "activate it again after an edit, or copy it into the rules folder")
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

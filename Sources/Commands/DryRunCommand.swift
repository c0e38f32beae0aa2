import ArgumentParser
import DryRun
import Persistence
import Policies
import Routing
import Sequencing
import Wire

struct DryRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dry-run", abstract: "Show what a policy would change, against stored data; writes nothing.",
    discussion: """
      Decides every due contact twice, with the policy given and with the ones that are active, each following its own
      decisions, and compares. Exits 0 when nothing would change, 2 when something would, 1 above --max-moved or when
      the policy fails.

        usher dry-run --policy reassign
        usher dry-run --policy new/fallback.lua --tenant acme --at 2026-11-22T09:00:00Z --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var format: FormatOptions
  @Option(
    help: ArgumentHelp(
      "The candidate: a policy file, or the name of a shipped policy; given again, policies asked in order.",
      valueName: "file"))
  var policy: [String]
  @Option(help: ArgumentHelp("Compare with this policy rather than with each tenant's active ones.", valueName: "file"))
  var against: String?
  @Option(help: "One tenant alone.") var tenant: String?
  @Option(
    help: ArgumentHelp(
      "Decide as of this time, as in 2026-11-22T09:00:00Z; without it the machine's.", valueName: "time"))
  var at: InstantArgument?
  @Option(help: ArgumentHelp("Look at this many contacts at most.", valueName: "n")) var limit: Int?
  @Option(
    name: .customLong("max-moved"),
    help: ArgumentHelp("Exit 1 when more than this share would go to another device.", valueName: "percent"))
  var maxMoved: Double?

  func validate() throws {
    if policy.isEmpty { throw ValidationError("Missing expected argument '--policy <file>'") }
    if let limit, limit < 1 { throw ValidationError("--limit: expected 1 or more, found \(limit)") }
    if let maxMoved, !(0...100).contains(maxMoved) {
      throw ValidationError("--max-moved: expected 0 to 100 percent, found \(maxMoved)")
    }
  }

  func run() throws {
    let file = try store.file()
    let store = try store.openToRead()
    let catalog = try rules.catalog(store: file)
    let candidates = try policy.map { name throws(Fault) in try catalog.entry(fileOrName: name) }
    let other = try against.map { name throws(Fault) in try catalog.entry(fileOrName: name) }
    let options = DryRun.Options(
      tenant: tenant.map(TenantID.init(stored:)), now: at?.instant ?? SystemClock().now(), limit: limit ?? .max)
    let progress = Progress("contacts")
    let report = try store.read { snapshot in
      try DryRun(
        options: options,
        against: { tenant in
          if let other { return [try Self.compile(other, for: tenant)] }
          return try Self.active(tenant, snapshot: snapshot, catalog: catalog)
        },
        candidate: { tenant in try candidates.map { try Self.compile($0, for: tenant) } }
      ).run(on: snapshot, progress: progress.show)
    }
    progress.end()
    Talk.put(DryRunTalk(report).text(format.format))
    if report.faults > 0 { throw Problem("the policy fails for \(report.faults) of \(report.contacts) contacts") }
    if let maxMoved, report.movedPercent > maxMoved {
      throw Problem(
        "\(DryRunTalk.percent(report.movedPercent)) of the contacts would go to another device; the most allowed is \(DryRunTalk.percent(maxMoved))"
      )
    }
    if report.changed > 0 { throw ExitCode(2) }
  }

  static func compile(_ entry: PolicyCatalog.Entry, for tenant: Tenant) throws -> CompiledPolicy {
    do throws(Fault) {
      return try CompiledPolicy(file: entry.name, source: entry.source, parameters: tenant.parameters)
    } catch { throw Problem(error.text(in: entry.path ?? entry.name, source: entry.source)) }
  }

  /// What decides for the tenant: its active revisions, or before the first cycle what its policies' files say.
  private static func active(
    _ tenant: Tenant, snapshot: any StoreSnapshot, catalog: PolicyCatalog
  ) throws -> [CompiledPolicy] {
    let revisions = try snapshot.activeRevisions(of: tenant.key)
    if revisions.isEmpty {
      return PolicyBoard(catalog: catalog).standing(of: tenant, lastGood: { [] }).policies
    }
    let policies = revisions.map(CompiledPolicy.orBroken)
    Cycle.suspend(try snapshot.streaks(of: tenant.key), among: policies)
    return policies
  }
}

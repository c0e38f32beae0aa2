import ArgumentParser
import Operations
import Policies
import Representations
import Routing

struct PolicyDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "What differs between two revisions: text and parameters, line by line.",
    discussion: """
      A revision is named by the beginning of its digest; a file, or the name of a policy, will do as well. With one of them
      it is compared with what decides now under its name. Exits 0 when nothing differs, 2 when something does.

        usher policy diff 6fca90b0 9e889c0f
        usher policy diff new/fallback.lua --tenant acme
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @Argument(help: ArgumentHelp("A revision, a file, or a policy's name.", valueName: "a")) var first: String
  @Argument(help: ArgumentHelp("Another; without it what decides now.", valueName: "b")) var second: String?
  @Option(help: "One tenant's active policies, parameters too.") var tenant: String?

  func run() throws {
    let file = try store.file()
    let store = try store.openToRead()
    let standings = try TenantGeneration.all(in: store, tenant: tenant.map(TenantID.init(stored:)))
    let catalog = try rules.catalog(store: file)
    let parameters = tenant == nil ? [] : standings.first?.tenant.parameters ?? []
    let one = try named(first, store, catalog, parameters)
    var (before, after) = (one, one)
    if let second { after = try named(second, store, catalog, parameters) } else { before = try active(one, standings) }
    let text = PolicyDiffCommand.text(before, after)
    Talk.put(text)
    if !text.isEmpty { throw ExitCode(2) }
  }

  private func named(
    _ text: String, _ store: any Store, _ catalog: PolicyCatalog, _ parameters: [Parameter]
  ) throws -> PolicyRevision {
    if RevisionLookup.isDigest(text) { return try RevisionLookup.one(text, in: store) }
    let entry = try catalog.entry(fileOrName: text)
    do throws(Fault) {
      return try CompiledPolicy(file: entry.name, source: entry.source, parameters: parameters).revision
    } catch { throw Problem(.revisionNotFound, error.text(in: entry.path ?? entry.name, source: entry.source)) }
  }

  /// What decides now under the name of a revision.
  private func active(_ revision: PolicyRevision, _ standings: [TenantGeneration]) throws -> PolicyRevision {
    let found = standings.flatMap { standing in
      (standing.generation?.lineup.live ?? []).filter { $0.policy == revision.policy }.map { (standing.tenant.id, $0) }
    }
    guard let only = found.first else {
      throw Problem(.tenantNotFound, "no tenant is decided by a policy '\(revision.policy)': name what to compare with")
    }
    guard found.allSatisfy({ $0.1.digest == only.1.digest }) else {
      let tenants = found.map { "  \($0.0)  \($0.1.digest)" }.joined(separator: "\n")
      throw Problem(
        .revisionAmbiguous,
        "tenants are decided by several revisions of '\(revision.policy)': name one with --tenant\n\(tenants)")
    }
    return only.1
  }

  static func text(_ before: PolicyRevision, _ after: PolicyRevision) -> String {
    let title = { (revision: PolicyRevision) in "\(revision.policy).lua\t\(revision.digest)" }
    let parameters = { (revision: PolicyRevision) in
      revision.parameters.map { "\($0.name) = \(ParameterText.text(of: $0.value))" }
    }
    let source = { (revision: PolicyRevision) in
      revision.source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    let text = UnifiedDiff(source(before), source(after)).text(title(before), title(after))
    let title2 = { (revision: PolicyRevision) in "parameters\t\(revision.digest)" }
    return text + UnifiedDiff(parameters(before), parameters(after)).text(title2(before), title2(after))
  }
}

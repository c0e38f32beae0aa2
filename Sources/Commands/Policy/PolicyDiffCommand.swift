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
    let catalog = try rules.catalog(store: try store.file())
    let found = try DiffRevisions(first, second, tenant: tenant.map(TenantID.init(stored:)))
      .run(on: try store.openToRead(), catalog: catalog)
    let difference = PolicyDiffText(found.before, found.after)
    TerminalOutput.write(difference.text)
    if !difference.isEmpty { throw ExitCode(2) }
  }
}

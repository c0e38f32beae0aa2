import ArgumentParser
import Operations
import Policies
import Representations
import Routing

struct PolicyDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two revisions line by line: source and parameters.",
    discussion: """
      Name each revision by the beginning of its digest, a file, or a policy's name. With one argument, the command
      compares it with the live revision of the same policy. Exits 0 if the revisions are equal, 2 if they differ.

        usher policy diff 6fca90b0 9e889c0f
        usher policy diff new/fallback.lua --tenant acme
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @Argument(help: ArgumentHelp("A revision, a file, or a policy's name.", valueName: "a")) var first: String
  @Argument(help: ArgumentHelp("A second one; default: the live revision.", valueName: "b")) var second: String?
  @Option(help: "Use the active policies and parameters of this tenant.") var tenant: String?

  func run() throws {
    let catalog = try rules.catalog(store: try store.file())
    let found = try DiffRevisions(first, second, tenant: tenant.map(TenantID.init(stored:)))
      .run(on: try store.openToRead(), catalog: catalog)
    let difference = PolicyDiffText(found.before, found.after)
    TerminalOutput.write(difference.text)
    if !difference.isEmpty { throw ExitCode(2) }
  }
}

import ArgumentParser
import Operations
import Representations
import Routing

struct PolicyHistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "List every revision that was live, a canary or a shadow, with its start and who activated it.",
    discussion: """
        usher policy history --tenant acme
        # with the counts behind automatic rollbacks
        usher policy history --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(help: "Only this tenant.", completion: .tenants) var tenant: String?

  func run() throws {
    let history = try PolicyHistoryQuery(tenant: tenant.map(TenantID.init(stored:))).run(on: store.openToRead())
    TerminalOutput.write(PolicyHistoryReport(history), format.format)
  }
}

import ArgumentParser
import Operations
import Representations
import Routing

struct PolicyHistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Every revision that decided for a tenant or was tried, from when on, and by whom.",
    discussion: """
        usher policy history --tenant acme
        # with what an automatic rollback was made on
        usher policy history --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?

  func run() throws {
    let history = try PolicyHistoryQuery(tenant: tenant.map(TenantID.init(stored:))).run(on: store.openToRead())
    TerminalOutput.write(PolicyHistoryReport(history), format.format)
  }
}

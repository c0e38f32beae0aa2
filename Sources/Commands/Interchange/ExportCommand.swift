import ArgumentParser
import Operations
import Routing

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write everything as JSON Lines, or leads or devices as CSV.",
    discussion: """
      `usher import` reads what export writes; importing an export into its own store changes nothing.

        usher export > everything.jsonl
        usher export --type lead --tenant acme > leads.csv
      """)

  @OptionGroup var store: StoreOptions
  @Option(help: "Only this tenant.", completion: .tenants) var tenant: String?
  @Option(help: "Write CSV with one type of row: lead or device.") var type: ImportCommand.RowType?

  func run() throws {
    let store = try store.openToRead()
    let format: ExportFormat = type.map { .csv($0 == .lead ? .lead : .device) } ?? .jsonLines
    try ExportRows(format, tenant: tenant.map(TenantID.init(stored:))).run(from: store) { TerminalOutput.write($0) }
  }
}

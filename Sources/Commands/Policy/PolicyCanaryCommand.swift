import ArgumentParser
import Operations
import Representations
import Routing

struct PolicyCanaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canary",
    abstract: "Compare a canary with the live policies: the counts of both sides, and the rollback limits.",
    discussion: """
      Counts start again whenever the share is set. Each step is judged once, at its first decision. Rollback limits use
      percentages of the judged steps; for failed messages, of all messages sent or failed.

        usher policy canary --tenant acme
        usher policy canary --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(help: "Only this tenant.", completion: .tenants) var tenant: String?

  func run() throws {
    let canaries = try CanariesQuery(tenant: tenant.map(TenantID.init(stored:))).run(on: store.openToRead())
    if canaries.isEmpty, format.format == .table {
      TerminalOutput.note("no canary is running; `usher policy history` lists earlier ones and how they ended")
    } else {
      TerminalOutput.write(CanaryReport(canaries), format.format)
    }
  }
}

import ArgumentParser
import Operations
import Representations
import Routing

struct PolicyCanaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canary", abstract: "The counts of a canary and of the live policies, and its rollback limits.",
    discussion: """
      Counted is from when the share was set last. Shares are of the steps judged, each at its first decision; those of
      failed messages are of the messages sent.

        usher policy canary --tenant acme
        usher policy canary --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?

  func run() throws {
    let canaries = try CanariesQuery(tenant: tenant.map(TenantID.init(stored:))).run(on: store.openToRead())
    if canaries.isEmpty, format.format == .table {
      TerminalOutput.note("no canary runs; `usher policy history` shows what came of those that did")
    } else {
      TerminalOutput.write(CanaryReport(canaries), format.format)
    }
  }
}

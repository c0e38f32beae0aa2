import ArgumentParser
import Operations
import Representations
import Routing

struct ReleaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "End a hold: sending resumes.",
    discussion: """
      Ends the hold that `usher hold` began for the same scope. Holds of tenants and of the whole store are independent; the
      command prints those still in force. If nothing is on hold it prints that and exits 0.

        usher release --reason 'the outage is over'
        usher release --tenant acme --reason 'the text is corrected'
      """)

  @OptionGroup var store: StoreOptions
  @Option(help: "Release the hold of this tenant; default: that of the whole store.", completion: .tenants) var tenant:
    String?
  @OptionGroup var order: OperatorOptions

  func validate() throws { _ = try order.expectedReason(for: ReleaseHold.action) }

  func run() throws {
    let tenant = tenant.map(TenantID.init(stored:))
    let release = ReleaseHold(tenant: tenant)
    try release.check(storeAt: store.file())
    let outcome = try release.run(on: store.openToWrite(as: order.actor), by: order.note())
    for sentence in HoldText.sentences(outcome, tenant: tenant) { TerminalOutput.note(sentence) }
    if let problem = outcome.conflict(of: tenant) { throw problem }
  }
}

import ArgumentParser
import Operations
import Representations
import Routing
import Stores

struct HoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Stop all sending now, or one tenant's; deciding continues.",
    discussion: """
      Once the command exits with 0, no further message is handed to a gateway. It prints how many messages a gateway
      already has. The hold survives restarts and lasts until `usher release`. The command works even while another
      program locks the store, because it writes the file STORE.hold first.

      If the sending process does not answer within --wait seconds, the hold stays in force, and the command reports what is
      uncertain and exits 1.

        usher hold --reason 'the provider reports an outage'
        # only one tenant
        usher hold --tenant acme --reason 'wrong prices in the text' --as ann
      """)

  @OptionGroup var store: StoreOptions
  @Option(help: "Only this tenant; default: the whole store.", completion: .tenants) var tenant: String?
  @OptionGroup var order: OperatorOptions
  @Option(help: ArgumentHelp("Seconds to wait for the sender's answer, 0 to 600.", valueName: "seconds"))
  var wait = 10.0

  func validate() throws {
    _ = try order.expectedReason(for: StartHold.action)
    guard (0...600).contains(wait) else {
      throw ValidationError("--wait: expected 0 to 600 seconds, found \(wait)")
    }
  }

  func run() throws {
    let path = try store.file()
    let hold = StartHold(tenant: tenant.map(TenantID.init(stored:)), waitMilliseconds: Int64(wait * 1000))
    let reason = try order.expectedReason(for: StartHold.action)
    let outcome = try hold.run(onStoreAt: path, by: order.note(), clock: SystemClock())
    let sentences = HoldText.sentences(outcome, reason: reason, holdFile: Stores.holdFile(of: path))
    for sentence in sentences { TerminalOutput.note(sentence) }
    if let problem = outcome.uncertainty(waitSeconds: wait) { throw problem }
  }
}

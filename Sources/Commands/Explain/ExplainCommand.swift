import ArgumentParser
import Operations
import Policies
import Representations
import Routing

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain why a contact goes to a device, or waits; writes nothing.",
    discussion: """
      Shows the contact's state, the last decision, what the policies would decide now and why for each device of the
      fleet, what happens next, and what would change the result. Name a contact as SEQUENCE/LEAD; a lead's id or a phone
      number is enough if it belongs to a single contact.

        # why it goes to this device
        usher explain welcome/L6
        usher explain +6011100000006 --tenant acme --format json
        # with another policy
        usher explain welcome/L6 --policy new/fallback.lua
        # a recorded decision
        usher explain --decision 7
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var format: FormatOptions
  @Argument(help: "A contact's id, a lead's id or a phone number; not needed with --decision.", completion: .contacts)
  var contact: String?
  @Option(
    help: ArgumentHelp("Explain this recorded decision, made again from its recorded inputs.", valueName: "number"))
  var decision: Int64?
  @Option(help: "The tenant's id, if several have a contact with this id.", completion: .tenants) var tenant: String?
  @Option(
    help: ArgumentHelp(
      "Explain as of this time, such as 2026-11-22T09:00:00Z, but not before the last cycle; default: now.",
      valueName: "time"))
  var at: InstantArgument?
  @Option(
    help: ArgumentHelp(
      "Evaluate this policy instead of the active ones: a file, or the name of a shipped one; repeat for several, evaluated in order.",
      valueName: "file"), completion: .policies)
  var policy: [String] = []

  func validate() throws {
    if contact == nil, decision == nil {
      throw ValidationError("expected <contact> or --decision <number>, found neither")
    }
    if decision != nil, !policy.isEmpty {
      throw ValidationError(
        "--decision cannot be combined with --policy; a recorded decision is explained with the policies that made it")
    }
  }

  func run() throws {
    let file = try store.file()
    let store = try store.openToRead()
    let catalog = try rules.catalog(store: file)
    let query = ExplainQuery(
      tenant: tenant.map(TenantID.init(stored:)), contact: contact, decision: decision, moment: at?.instant,
      candidates: try policy.map { name throws(Fault) in try catalog.entry(fileOrName: name) })
    let explanation = try query.run(store, catalog: catalog, at: SystemClock().now())
    TerminalOutput.write(ExplainReport(explanation), format.format)
  }
}

import ArgumentParser
import Operations
import Policies
import Representations
import Routing

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say why a contact goes where it goes, or does not; writes nothing.",
    discussion: """
      Tells where the contact stands, what decided last, what the policies would decide now and why each device of the
      fleet is or is not the one, what happens next, and what would change it. A contact is named SEQUENCE/LEAD; a lead's
      id or a phone number will do where it is one contact's.

        # why it goes where it goes
        usher explain welcome/L6
        usher explain +6011100000006 --tenant acme --format json
        # as if another policy decided
        usher explain welcome/L6 --policy new/fallback.lua
        # a decision on record
        usher explain --decision 7
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var format: FormatOptions
  @Argument(help: "A contact, a lead, or a phone number; not needed with --decision.", completion: .contacts)
  var contact: String?
  @Option(
    help: ArgumentHelp("Tell a decision on record, made again on what it was made on.", valueName: "number"))
  var decision: Int64?
  @Option(help: "The tenant's id, where several have a contact of this name.", completion: .tenants) var tenant: String?
  @Option(
    help: ArgumentHelp(
      "Explain as of this time, as in 2026-11-22T09:00:00Z, not before the last cycle. Without it, now.",
      valueName: "time"))
  var at: InstantArgument?
  @Option(
    help: ArgumentHelp(
      "Ask this policy rather than the active ones: a file, or the name of a shipped one; given again, policies asked in order.",
      valueName: "file"), completion: .policies)
  var policy: [String] = []

  func validate() throws {
    if contact == nil, decision == nil { throw ValidationError("Missing expected argument '<contact>'") }
    if decision != nil, !policy.isEmpty {
      throw ValidationError("--decision and --policy: a decision on record is told with the policies that made it")
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

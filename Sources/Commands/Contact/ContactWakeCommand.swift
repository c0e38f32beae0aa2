import ArgumentParser
import Operations
import Representations
import Routing

struct ContactWakeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wake", abstract: "Decide waiting contacts again in the next cycle.",
    discussion: """
      Takes the ids of contacts, or a filter with --where, which requires --reason. The contacts are due at once, whatever
      they wait for. A contact that must wait again keeps its place. Contacts of several tenants require --all-tenants.
      Docs/Reference/Filters.md lists the fields of a filter.

        usher contact wake onboarding/G24 --tenant globex
        # everyone who waits for a reason that no longer holds
        usher contact wake --where 'reason ~ "*offline*" and not tag=vip' --tenant acme --reason 'the network is back'
      """)

  @OptionGroup var store: StoreOptions
  @Argument(help: "Ids of contacts, as SEQUENCE/LEAD.", completion: .contacts) var contacts: [String] = []
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Wake the contacts that match this filter.", valueName: "filter"))
  var filter: String?
  @OptionGroup var tenants: TenantsOptions
  @OptionGroup var who: OperatorOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard contacts.isEmpty != (filter == nil) else {
      throw ValidationError("expected ids of contacts or --where, found \(contacts.isEmpty ? "neither" : "both")")
    }
    guard contacts.isEmpty || tenants.tenant != nil else {
      throw ValidationError("expected --tenant with ids of contacts: an id is unique only within its tenant")
    }
  }

  func run() throws {
    let wake = try action()
    let store = try store.openToWrite(as: who.actor)
    let counts = try wake.run(on: store, by: who.note())
    TerminalOutput.write(WakeReport(counts), format.format)
    guard counts.allSatisfy({ $0.count == 0 }) else { return }
    let why = filter == nil ? "they are due already" : "the filter matches no waiting contact that is not due already"
    TerminalOutput.note("no contact was woken: \(why)")
  }

  private func action() throws -> WakeContacts {
    if let filter { return try WakeContacts(matching: filter, in: tenants.scope) }
    return WakeContacts(contacts.map(ContactID.init(stored:)), of: TenantID(stored: tenants.tenant ?? ""))
  }
}

import ArgumentParser
import Operations
import Representations
import Routing
import Wire

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
    var listing = Listing([
      "tenant", "generation", "position", "policy", "revision", "at", "role", "share", "action", "by", "reason", "from",
      "evidence",
    ])
    let store = try store.openToRead()
    if let tenant { try TenantLookup.expect(TenantID(stored: tenant), in: store) }
    for line in try store.policyHistory(tenant: tenant.map(TenantID.init(stored:))) {
      let change = line.change
      listing.add([
        .string(line.tenant.text), JSONValue(line.generation), JSONValue(line.position), .string(line.policy),
        .string(line.revision), .string(line.at.rfc3339), .string(line.role), JSONValue(line.share.map(Percent.text)),
        .string(change.action.rawValue), .string(change.actor), JSONValue(change.reason), JSONValue(change.origin),
        format.format == .table ? .null : change.evidence?.json ?? .null,
      ])
    }
    let shown = format.format == .table ? listing.withoutEmptyColumns(keeping: 7) : listing
    Talk.put(shown, format.format)
  }
}

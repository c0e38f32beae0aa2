import ArgumentParser
import Persistence
import Routing
import Wire

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Which revision each tenant runs, since when, and a change that was tried.",
    discussion: """
      A policy's file decides from the next cycle on after it passed its check and its cases; its revision is what it consists of.

        # what decides now, and which files were refused, and why
        usher policy list
        # what decided when
        usher policy history --tenant acme
      """,
    subcommands: [
      PolicyListCommand.self, PolicyHistoryCommand.self, PolicyActivateCommand.self, PolicyGuardsCommand.self,
    ])
}

struct PolicyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The policies that decide for each tenant, and the files that were refused.",
    discussion: """
        usher policy list
        usher policy list --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let listing = PolicyListing.listing(try store.openToRead().policyStandings())
    let shown = format.format == .table ? listing.withoutEmptyColumns(keeping: 7) : listing
    Talk.put(shown, format.format)
  }
}

struct PolicyHistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Every revision that decided for a tenant, and from when on.",
    discussion: """
        usher policy history --tenant acme
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?

  func run() throws {
    var listing = Listing(["tenant", "generation", "position", "policy", "revision", "at"])
    for line in try store.openToRead().policyHistory(tenant: tenant.map(TenantID.init(stored:))) {
      listing.add([
        .string(line.tenant.text), JSONValue(line.generation), JSONValue(line.position), .string(line.policy),
        .string(line.revision), .string(line.at.rfc3339),
      ])
    }
    Talk.put(listing, format.format)
  }
}

import ArgumentParser
import Persistence
import Routing
import Wire

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Which revision each tenant runs, since when, and a change that was tried.",
    subcommands: [
      PolicyListCommand.self, PolicyHistoryCommand.self, PolicyActivateCommand.self, PolicyGuardsCommand.self,
    ])
}

struct PolicyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The policies that decide for each tenant, and the files that were refused.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    var listing = Listing([
      "tenant", "position", "policy", "revision", "since", "refused", "refused_at", "faults", "last_fault",
      "suspended_at",
    ])
    for line in try store.openToRead().policyStandings() {
      listing.add([
        .string(line.tenant.text), JSONValue(line.position), .string(line.policy), JSONValue(line.revision),
        JSONValue(line.since?.rfc3339), JSONValue(line.refusal), JSONValue(line.refusedAt?.rfc3339),
        JSONValue(line.faults), JSONValue(line.lastFault), JSONValue(line.suspendedAt?.rfc3339),
      ])
    }
    let shown = format.format == .table ? listing.withoutEmptyColumns(keeping: 7) : listing
    Talk.put(shown.text(format.format))
  }
}

struct PolicyHistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Every revision that decided for a tenant, and from when on.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(help: "One tenant alone.") var tenant: String?

  func run() throws {
    var listing = Listing(["tenant", "generation", "position", "policy", "revision", "at"])
    for line in try store.openToRead().policyHistory(tenant: tenant.map(TenantID.init(stored:))) {
      listing.add([
        .string(line.tenant.text), JSONValue(line.generation), JSONValue(line.position), .string(line.policy),
        .string(line.revision), .string(line.at.rfc3339),
      ])
    }
    Talk.put(listing.text(format.format))
  }
}

import ArgumentParser
import Operations
import Policies
import Routing

struct PolicyPromoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "Give a canary a larger share of the contacts, or all of them.",
    discussion: """
      The contacts that it has stay with it. At 100%, which is what --to is without being given, its policies are the live
      ones, and what it was compared with is over. Where canaries of several tenants would change, it needs --all-tenants
      and --reason; --dry shows which.

        usher policy promote --tenant acme --to 50%
        usher policy promote --tenant acme --reason 'a day without a fault'
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @Option(help: ArgumentHelp("The share from now on; 100%.", valueName: "share")) var to: PercentArgument?
  @OptionGroup var tenants: TenantsOptions
  @Flag(help: "Show what would change and write nothing; exits 2 when something would.") var dry = false

  func run() throws {
    let store = dry ? try self.store.openToRead() : try self.store.openToWrite(as: who.actor)
    let orders = PolicyOrders(store: store, tenants: tenants, who: who)
    let listing = try orders.carryOut(isDry: dry, order)
    if listing.rows.isEmpty {
      throw Problem(
        .invalidPolicy,
        "no canary runs; `usher policy activate --canary` begins one, `usher policy history` shows what came of it")
    }
    Talk.put(listing, format.format)
    if dry { throw ExitCode(2) }
  }

  private func order(_ standing: PolicyOrders.Standing) throws -> PolicyChangeRequest? {
    guard let current = standing.generation, var canary = current.lineup.canary else { return nil }
    let (parts, before) = (to?.parts ?? ContactShare.whole, canary.share.partsPerMillion)
    guard parts > before else {
      throw Problem(
        .invalidInput,
        "the canary of tenant '\(standing.tenant.id)' has \(Percent.text(before)) of the contacts already: expected a larger "
          + "share with --to, found \(Percent.text(parts)); contacts are taken from it by `usher policy rollback` alone"
      )
    }
    let change = PolicyChange(
      at: SystemClock().now(), actor: who.actor.name, action: .promote, reason: who.reason,
      origin: "canary of generation \(canary.since)")
    if parts == ContactShare.whole {
      return PolicyChangeRequest.replacing(standing, with: canary.revisions, canary.parameters, change)
    }
    canary.share = canary.share.widened(to: parts)
    var lineup = current.lineup
    lineup.canary = canary
    return PolicyChangeRequest(
      tenant: standing.tenant, last: standing.last,
      draft: GenerationDraft(lineup: lineup, parameters: current.parameters, change: change))
  }
}

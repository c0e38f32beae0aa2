import ArgumentParser
import Operations
import Policies
import Routing

struct PolicyRollbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Go back to what decided before, whatever the files say.",
    discussion: """
      Without --to a running canary ends; where none runs, the policies that decided before the present ones decide again,
      with the parameters that they had. A file that still holds the text that was rolled back is not taken again until
      it is edited, or activated by hand. Where several tenants would change, it needs --all-tenants and --reason;
      --dry shows who would.

        usher policy rollback --tenant acme --reason 'too many waits'
        usher policy rollback --tenant acme --to 1
        usher policy rollback --tenant acme --to 6fca90b0
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @Option(
    help: ArgumentHelp(
      "A generation's number, or a revision by the beginning of its digest.", valueName: "generation"))
  var to: String?
  @OptionGroup var tenants: TenantsOptions
  @Flag(help: "Show what would change and write nothing; exits 2 when something would.") var dry = false

  func run() throws {
    let store = dry ? try self.store.openToRead() : try self.store.openToWrite(as: who.actor)
    let orders = PolicyOrders(store: store, tenants: tenants, who: who)
    // A number of up to four digits is a generation's; `sha256:` in front makes it a revision's.
    let number = to.flatMap { $0.count <= 9 ? Int64($0) : nil }
    if number != nil, tenants.tenant == nil, try orders.standings().count > 1 {
      throw Problem(
        .revisionNotFound, "--to \(to!): expected --tenant with it, since each tenant counts its own generations")
    }
    let revision = try number == nil ? to.map { try RevisionLookup.one($0, in: store) } : nil
    let search = GenerationSearch(store: store)
    let listing = try orders.carryOut(isDry: dry) { standing in
      let current = try standing.expectGeneration()
      if to == nil, current.lineup.canary != nil { return endCanary(standing, current) }
      let target: PolicyGeneration?
      if let number {
        target = try search.generation(number, of: standing)
      } else if let revision {
        target = try search.last(with: revision, before: current, of: standing)
      } else {
        target = try search.before(current, of: standing)
      }
      return try target.flatMap { try back(standing, current, to: $0) }
    }
    if listing.rows.isEmpty {
      throw Problem(.invalidPolicy, "there is nothing to go back to; `usher policy history` shows what decided")
    }
    Talk.put(listing, format.format)
    if dry { throw ExitCode(2) }
  }

  private func endCanary(_ standing: PolicyOrders.Standing, _ current: PolicyGeneration) -> PolicyChangeRequest {
    var lineup = current.lineup
    lineup.canary = nil
    return PolicyChangeRequest(
      tenant: standing.tenant, last: standing.last,
      draft: GenerationDraft(
        lineup: lineup, parameters: current.parameters, change: change(from: current, to: nil),
        turnedDown: PolicyOrders.turnedDown(by: lineup, from: current.lineup)))
  }

  private func back(
    _ standing: PolicyOrders.Standing, _ current: PolicyGeneration, to target: PolicyGeneration
  ) throws -> PolicyChangeRequest? {
    let live = target.lineup.live
    let choices = [target.parameters, standing.tenant.parameters] + live.map(\.parameters)
    guard let parameters = PolicyOrders.parameters(making: live, among: choices.compactMap(\.self)) else {
      throw Problem(
        .invalidInput,
        "generation \(target.number) of tenant '\(standing.tenant.id)' cannot be brought back as it was: it was made by "
          + "another version of usher, or its parameters are not on record; activate its text with --policy")
    }
    return PolicyChangeRequest.replacing(standing, with: live, parameters, change(from: current, to: target))
  }

  private func change(from current: PolicyGeneration, to target: PolicyGeneration?) -> PolicyChange {
    PolicyChange(
      at: SystemClock().now(), actor: who.actor.name, action: .rollback, reason: who.reason,
      origin: GenerationSearch.origin(of: current, to: target))
  }
}

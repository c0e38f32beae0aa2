import ArgumentParser
import Operations
import Policies
import Routing
import Wire

struct PolicyShadowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shadow", abstract: "How a shadow's verdicts compare with what was decided, or its end.",
    discussion: """
      A shadow is begun with `usher policy activate --shadow`. It sees each contact as the live policies see it, with the same
      loads, and nothing that it says is acted on. What differs is counted by outcomes and reasons, the first of it
      also contact by contact. To end the shadows of several tenants takes --all-tenants and --reason.

        usher policy shadow --tenant acme
        usher policy shadow --tenant acme --format json
        usher policy shadow --tenant acme --stop
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @OptionGroup var tenants: TenantsOptions
  @Flag(help: "End the shadow; what was counted stays on record.") var stop = false

  func validate() throws {
    if tenants.allTenants, !stop { throw ValidationError("--all-tenants: expected --stop with it") }
  }

  func run() throws {
    if stop {
      let orders = PolicyOrders(store: try store.openToWrite(as: who.actor), tenants: tenants, who: who)
      let listing = try orders.carryOut(isDry: false, end)
      if listing.rows.isEmpty {
        throw Problem(.invalidPolicy, "no shadow runs; `usher policy activate --shadow` begins one")
      }
      return Talk.put(listing, format.format)
    }
    let store = try store.openToRead()
    var reports: [ShadowTalk] = []
    for standing in try PolicyOrders.Standing.all(in: store, tenant: tenants.tenantID) {
      guard let shadow = standing.generation?.lineup.shadow else { continue }
      reports.append(
        ShadowTalk(
          tenant: standing.tenant.id, shadow: shadow,
          report: try store.shadowReport(of: standing.tenant.key, since: shadow.since)))
    }
    if reports.isEmpty { throw Problem(.invalidPolicy, "no shadow runs; `usher policy activate --shadow` begins one") }
    Talk.put(ShadowTalk.text(reports, format.format))
  }

  private func end(_ standing: PolicyOrders.Standing) -> PolicyChangeRequest? {
    guard let current = standing.generation, let shadow = current.lineup.shadow else { return nil }
    var lineup = current.lineup
    lineup.shadow = nil
    let change = PolicyChange(
      at: SystemClock().now(), actor: who.actor.name, action: .stop, reason: who.reason,
      origin: "shadow of generation \(shadow.since)")
    return PolicyChangeRequest(
      tenant: standing.tenant, last: standing.last,
      draft: GenerationDraft(lineup: lineup, parameters: current.parameters, change: change))
  }
}

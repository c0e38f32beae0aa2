import ArgumentParser
import Operations
import Representations

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
      let changes = try StopShadow(scope: tenants.scope).run(on: store.openToWrite(as: who.actor), by: who.note())
      return TerminalOutput.write(PolicyChangeReport(changes), format.format)
    }
    let shadows = try ShadowsQuery(tenant: tenants.tenantID).run(on: store.openToRead())
    TerminalOutput.write(ShadowsReport(shadows), format.format)
  }
}

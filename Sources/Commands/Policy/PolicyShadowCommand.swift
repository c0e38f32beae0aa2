import ArgumentParser
import Operations
import Representations

struct PolicyShadowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shadow", abstract: "Compare a shadow's verdicts with the live decisions, or stop the shadow.",
    discussion: """
      `usher policy activate --shadow` starts a shadow. It sees each contact as the live policies see it, with the same
      loads, and its verdicts have no effect. Differences are counted by outcome and reason; the first ones are also listed
      by contact. Stopping the shadows of several tenants requires --all-tenants and --reason.

        usher policy shadow --tenant acme
        usher policy shadow --tenant acme --format json
        usher policy shadow --tenant acme --stop
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @OptionGroup var tenants: TenantsOptions
  @Flag(help: "Stop the shadow; its counts stay recorded.") var stop = false

  func validate() throws {
    if tenants.allTenants, !stop { throw ValidationError("--all-tenants requires --stop") }
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

import ArgumentParser
import Operations
import Representations
import Routing

struct PolicyPromoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "Give a canary a larger share of the contacts, or all of them.",
    discussion: """
      The canary keeps its contacts. At 100%, the default of --to, its policies become the live ones and the canary
      ends. Changing several tenants requires --all-tenants and --reason; --dry lists the tenants.

        usher policy promote --tenant acme --to 50%
        usher policy promote --tenant acme --reason 'a day without a fault'
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @Option(help: ArgumentHelp("The new share; default: 100%.", valueName: "share")) var to: PercentArgument?
  @OptionGroup var tenants: TenantsOptions
  @Flag(help: "Show what would change and write nothing; exits 2 if anything would.") var dry = false

  func run() throws {
    let store = dry ? try self.store.openToRead() : try self.store.openToWrite(as: who.actor)
    let promotion = PromoteCanary(to: to?.parts ?? ContactShare.whole, scope: tenants.scope, isDry: dry)
    TerminalOutput.write(PolicyChangeReport(try promotion.run(on: store, by: who.note())), format.format)
    if dry { throw ExitCode(2) }
  }
}

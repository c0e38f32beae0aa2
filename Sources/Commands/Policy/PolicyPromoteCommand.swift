import ArgumentParser
import Operations
import Representations
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
    let promotion = PromoteCanary(to: to?.parts ?? ContactShare.whole, scope: tenants.scope, isDry: dry)
    TerminalOutput.write(PolicyChangeReport(try promotion.run(on: store, by: who.note())), format.format)
    if dry { throw ExitCode(2) }
  }
}

import ArgumentParser
import Operations
import Representations

struct PolicyRollbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Restore earlier policies, whatever the files contain.",
    discussion: """
      Without --to it ends a running canary; if no canary runs, it restores the previous policies with their parameters.
      A file that still contains the rolled-back source is not accepted until it is edited or activated. Changing
      several tenants requires --all-tenants and --reason; --dry lists the tenants.

        usher policy rollback --tenant acme --reason 'too many waits'
        usher policy rollback --tenant acme --to 1
        usher policy rollback --tenant acme --to 6fca90b0
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @Option(
    help: ArgumentHelp(
      "A generation's number, or the beginning of a revision's digest.", valueName: "generation"))
  var to: String?
  @OptionGroup var tenants: TenantsOptions
  @Flag(help: "Show what would change and write nothing; exits 2 if anything would.") var dry = false

  func run() throws {
    let store = dry ? try self.store.openToRead() : try self.store.openToWrite(as: who.actor)
    let rollback = RollBackPolicy(
      to: to.map(RollBackPolicy.Target.init) ?? .previous, scope: tenants.scope, isDry: dry)
    TerminalOutput.write(PolicyChangeReport(try rollback.run(on: store, by: who.note())), format.format)
    if dry { throw ExitCode(2) }
  }
}

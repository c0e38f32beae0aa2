import ArgumentParser
import Operations
import Representations

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
    let rollback = RollBackPolicy(
      to: to.map(RollBackPolicy.Target.init) ?? .previous, scope: tenants.scope, isDry: dry)
    TerminalOutput.write(PolicyChangeReport(try rollback.run(on: store, by: who.note())), format.format)
    if dry { throw ExitCode(2) }
  }
}

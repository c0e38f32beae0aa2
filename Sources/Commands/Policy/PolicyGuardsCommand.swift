import ArgumentParser
import Operations
import Policies
import PolicyTesting
import Representations
import Routing

struct PolicyGuardsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guards", abstract: "The guards that stand above all tenants' policies: list, add, set, remove.",
    discussion: """
      A guard is asked after a tenant's policies chose a device, and can only make the contact wait. The list is the
      operator's; no tenant can change it. A change counts from the next cycle on.

        usher policy guards list
        usher policy guards add quiet_hours --param from=20 --reason 'people sleep'
        usher policy guards set daily_limit --tenant acme --param limit=3
      """,
    subcommands: [
      PolicyGuardsListCommand.self, PolicyGuardsAddCommand.self, PolicyGuardsSetCommand.self,
      PolicyGuardsRemoveCommand.self,
    ], defaultSubcommand: PolicyGuardsListCommand.self)
}

/// What every change of the list takes.
struct GuardChangeOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var who: OperatorOptions

  func catalog() throws -> PolicyCatalog { try rules.catalog(store: try store.file()) }

  func openToWrite() throws -> any Store { try store.openToWrite(as: who.actor) }
}

struct PolicyGuardsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "The guards in the order in which they are asked, and what is set of their parameters.",
    discussion: """
        usher policy guards list
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let list = try GuardsQuery().run(on: store.openToRead())
    TerminalOutput.write(GuardListReport(list), format.format)
  }
}

struct PolicyGuardsAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Put a guard on the list, behind the others.",
    discussion: """
        usher policy guards add quiet_hours --param from=20 --param to=9
      """)

  @Argument(help: "A file of the folder guards below the rules, or the name of a shipped guard.") var name: String
  @OptionGroup var options: GuardChangeOptions
  @Option(
    help: ArgumentHelp("Set a parameter of it, as in limit=3; given again, others.", valueName: "name=value"))
  var param: [String] = []
  @Option(help: ArgumentHelp("Put it before this one.", valueName: "guard")) var before: String?

  func run() throws {
    let catalog = try options.catalog()
    let addition = AddGuard(name, try ParameterOverrides(param), before: before)
    try addition.run(on: options.openToWrite(), catalog: catalog, by: options.who.note())
    TerminalOutput.note("\(name) is asked from the next cycle on")
  }
}

struct PolicyGuardsSetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set parameters of a guard, for all tenants or for one.",
    discussion: """
        usher policy guards set daily_limit --param limit=5
        usher policy guards set daily_limit --tenant acme --clear
      """)

  @Argument(help: "A guard of the list.") var name: String
  @OptionGroup var options: GuardChangeOptions
  @Option(
    help: ArgumentHelp("The parameter and its value, as in limit=3; given again, others.", valueName: "name=value"))
  var param: [String] = []
  @Option(help: "For this tenant alone, on top of what holds for all.") var tenant: String?
  @Flag(help: "Forget what was set before.") var clear = false

  func validate() throws {
    if param.isEmpty, !clear { throw ValidationError("expected --param name=value, or --clear") }
  }

  func run() throws {
    let catalog = try options.catalog()
    let change = SetGuard(
      name, try ParameterOverrides(param), tenant: tenant.map(TenantID.init(stored:)), clears: clear)
    try change.run(on: options.openToWrite(), catalog: catalog, by: options.who.note())
    TerminalOutput.note("\(name) goes by it from the next cycle on")
  }
}

struct PolicyGuardsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take a guard off the list, with what is set of its parameters.",
    discussion: """
        usher policy guards remove move_limit --reason 'every contact has one device'
      """)

  @Argument(help: "A guard of the list.") var name: String
  @OptionGroup var options: GuardChangeOptions

  func run() throws {
    try RemoveGuard(name).run(on: options.openToWrite(), by: options.who.note())
    TerminalOutput.note("\(name) is not asked any more from the next cycle on")
  }
}

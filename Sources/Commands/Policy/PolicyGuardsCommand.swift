import ArgumentParser
import Operations
import Policies
import PolicyTesting
import Representations
import Routing

struct PolicyGuardsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guards", abstract: "List, add, set and remove guards, which apply to all tenants.",
    discussion: """
      A guard is evaluated after a tenant's policies have chosen a device, and can only make the contact wait. The list
      belongs to the operator; tenants cannot change it. A change takes effect with the next cycle.

        usher policy guards list
        usher policy guards add quiet_hours --param from=20 --reason 'people sleep'
        usher policy guards set daily_limit --tenant acme --param limit=3
      """,
    subcommands: [
      PolicyGuardsListCommand.self, PolicyGuardsAddCommand.self, PolicyGuardsSetCommand.self,
      PolicyGuardsRemoveCommand.self,
    ], defaultSubcommand: PolicyGuardsListCommand.self)
}

/// The options of every command that changes the list.
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
    abstract: "List the guards in order of evaluation, with their parameters and the ranges of these.",
    discussion: """
        usher policy guards list
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let catalog = try rules.catalog(store: try store.file())
    let list = try GuardsQuery().run(on: store.openToRead(), catalog: catalog)
    TerminalOutput.write(GuardListReport(list), format.format)
  }
}

struct PolicyGuardsAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a guard to the end of the list.",
    discussion: """
        usher policy guards add quiet_hours --param from=20 --param to=9
      """)

  @Argument(help: "The name of a file in the folder guards below the rules folder, or of a shipped guard.")
  var name: String
  @OptionGroup var options: GuardChangeOptions
  @Option(
    help: ArgumentHelp("Set a parameter, such as limit=3; repeat for more.", valueName: "name=value"))
  var param: [String] = []
  @Option(help: ArgumentHelp("Insert it before this guard.", valueName: "guard")) var before: String?

  func run() throws {
    let catalog = try options.catalog()
    let addition = AddGuard(name, try ParameterOverrides(param), before: before)
    let meaning = try addition.run(on: options.openToWrite(), catalog: catalog, by: options.who.note())
    TerminalOutput.note("\(name) applies from the next cycle\(meaning)")
  }
}

struct PolicyGuardsSetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set parameters of a guard, for all tenants or one.",
    discussion: """
        usher policy guards set daily_limit --param limit=5
        usher policy guards set daily_limit --tenant acme --clear
      """)

  @Argument(help: "A guard on the list.") var name: String
  @OptionGroup var options: GuardChangeOptions
  @Option(
    help: ArgumentHelp("A parameter and its value, such as limit=3; repeat for more.", valueName: "name=value"))
  var param: [String] = []
  @Option(help: "Only for this tenant, overriding the values for all tenants.") var tenant: String?
  @Flag(help: "Remove the values set earlier.") var clear = false

  func validate() throws {
    if param.isEmpty, !clear { throw ValidationError("expected --param name=value or --clear, found neither") }
  }

  func run() throws {
    let catalog = try options.catalog()
    let change = SetGuard(
      name, try ParameterOverrides(param), tenant: tenant.map(TenantID.init(stored:)), clears: clear)
    let meaning = try change.run(on: options.openToWrite(), catalog: catalog, by: options.who.note())
    TerminalOutput.note("\(name) uses the new value from the next cycle\(meaning)")
  }
}

struct PolicyGuardsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a guard from the list, with its parameters.",
    discussion: """
        usher policy guards remove move_limit --reason 'every contact has one device'
      """)

  @Argument(help: "A guard on the list.") var name: String
  @OptionGroup var options: GuardChangeOptions

  func run() throws {
    try RemoveGuard(name).run(on: options.openToWrite(), by: options.who.note())
    TerminalOutput.note("\(name) no longer applies from the next cycle")
  }
}

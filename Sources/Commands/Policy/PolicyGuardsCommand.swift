import ArgumentParser
import Operations
import Policies
import PolicyTesting
import Representations
import Routing
import Wire

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

  /// A guard that can be used with these parameters; throws a `Problem` with its line otherwise.
  static func check(_ name: String, _ parameters: [Parameter], in catalog: PolicyCatalog) throws -> CompiledPolicy {
    let entry = try catalog.guardEntry(named: name)
    do throws(Fault) {
      return try StandardAcceptance().accept(entry, parameters: parameters, kind: .guard)
    } catch { throw Problem(.invalidPolicy, error.text(in: entry.path ?? entry.name, source: entry.source)) }
  }

  /// `given` on top of `parameters`, as the guard declares them.
  static func applied(
    _ given: ParameterOverrides, to parameters: [Parameter], of name: String, in catalog: PolicyCatalog
  ) throws -> [Parameter] {
    let declared = try check(name, [], in: catalog).declared
    try given.check(declared: declared)
    let tenant = Tenant(key: TenantKey(0), id: TenantID(stored: "all"), parameters: parameters)
    return try given.applied(to: tenant, declared: declared)
  }

  static func place(of name: String, in list: [GuardListing]) throws -> Int {
    if let place = list.firstIndex(where: { $0.name == name }) { return place }
    let names = list.map(\.name)
    let known = names.isEmpty ? "there is none" : "there are \(names.joined(separator: ", "))"
    let nearest = EditDistance.hint(to: name, among: names)
    throw Problem(.guardNotFound, "expected a guard of the list, found '\(name)': \(nearest ?? known)")
  }
}

/// What every change of the list takes.
struct GuardChangeOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var who: OperatorOptions

  func catalog() throws -> PolicyCatalog { try rules.catalog(store: try store.file()) }

  func change(_ body: (inout [GuardListing]) throws -> String) throws {
    try store.openToWrite(as: who.actor).changeGuards(
      actor: who.actor, at: SystemClock().now(), reason: who.reason, body)
  }
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
    var listing = Listing(["position", "guard", "tenant", "params", "trouble"])
    let store = try store.openToRead()
    let troubles = try store.guardTroubles()
    for (place, line) in try store.guards().enumerated() {
      listing.add([JSONValue(place + 1), .string(line.name), .null, PlanFile.parameters(line.parameters), .null])
      for trouble in troubles where trouble.guard == line.name {
        listing.add([
          JSONValue(place + 1), .string(line.name), .string(trouble.tenant.text), .null, .string(trouble.text),
        ])
      }
      for own in line.own {
        listing.add([
          JSONValue(place + 1), .string(line.name), .string(own.tenant.text), PlanFile.parameters(own.parameters),
          .null,
        ])
      }
    }
    let shown = format.format == .table ? listing.withoutEmptyColumns(keeping: 4) : listing
    Talk.put(shown, format.format)
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
    let parameters = try PolicyGuardsCommand.applied(try ParameterOverrides(param), to: [], of: name, in: catalog)
    _ = try PolicyGuardsCommand.check(name, parameters, in: catalog)
    try options.change { list in
      guard !list.contains(where: { $0.name == name }) else {
        throw Problem(
          .invalidPolicy, "'\(name)' is on the list already; usher policy guards set changes its parameters")
      }
      let place = try before.map { try PolicyGuardsCommand.place(of: $0, in: list) } ?? list.count
      list.insert(GuardListing(name: name, parameters: parameters, own: []), at: place)
      return "added \(name)" + (param.isEmpty ? "" : " with \(param.joined(separator: ", "))")
    }
    Talk.say("\(name) is asked from the next cycle on")
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
    let given = try ParameterOverrides(param)
    if let tenant {
      try TenantLookup.expect(TenantID(stored: tenant), in: try options.store.openToRead())
    }
    try options.change { list in
      let place = try PolicyGuardsCommand.place(of: name, in: list)
      let own = tenant.flatMap { id in list[place].own.firstIndex { $0.tenant.text == id } }
      var before = tenant == nil ? list[place].parameters : own.map { list[place].own[$0].parameters } ?? []
      if clear { before = [] }
      let after = try PolicyGuardsCommand.applied(given, to: before, of: name, in: catalog)
      guard let tenant else {
        _ = try PolicyGuardsCommand.check(name, after, in: catalog)
        list[place].parameters = after
        return "set \(name)\(given.title)"
      }
      let all = list[place].parameters.filter { one in !after.contains { $0.name == one.name } } + after
      _ = try PolicyGuardsCommand.check(name, all, in: catalog)
      if let own { list[place].own.remove(at: own) }
      if !after.isEmpty { list[place].own.append((TenantID(stored: tenant), after)) }
      return "set \(name) for \(tenant)\(given.title)"
    }
    Talk.say("\(name) goes by it from the next cycle on")
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
    try options.change { list in
      list.remove(at: try PolicyGuardsCommand.place(of: name, in: list))
      return "removed \(name)"
    }
    Talk.say("\(name) is not asked any more from the next cycle on")
  }
}

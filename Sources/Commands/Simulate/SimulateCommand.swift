import ArgumentParser
import Operations
import Representations
import Routing

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Run the clock forward on stored data, in memory: forecasts and outage drills.",
    discussion: """
      Copies the store's open work into memory and runs cycles and sends from there, with pacing, caps and send windows.
      Writes nothing. Give times as 10:00 (the next one in UTC), +2h (from the start), or 2026-11-22T10:00:00Z.

        # the next day, if nothing changes
        usher simulate --hours 24
        # an outage, under two policies
        usher simulate --policy reassign --against assigned --offline D1@10:00-12:00
        # new leads and a lower cap, as an HTML page
        usher simulate --hours 12 --arrivals 20/h --cap D2=20/h --format html --out tomorrow.html
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var suspension: SuspensionOptions
  @OptionGroup var output: ReportOptions
  @Option(help: ArgumentHelp("Simulated hours, 1 to 744.", valueName: "n")) var hours = 24
  @Option(
    help: ArgumentHelp(
      "Start at this time, such as 2026-11-22T09:00:00Z, but not before the last cycle; default: now.",
      valueName: "time"))
  var at: InstantArgument?
  @Option(help: ArgumentHelp("Simulated seconds between cycles, 1 to 3600.", valueName: "seconds")) var every = 60
  @Option(help: ArgumentHelp("The random seed for pauses between messages and for arriving leads.", valueName: "n"))
  var seed = 1
  @Option(help: "Only this tenant.", completion: .tenants) var tenant: String?
  @Option(
    help: ArgumentHelp(
      "A policy file, or the name of a shipped policy; repeat for several, evaluated in order; default: each tenant's active revisions.",
      valueName: "file"), completion: .policies)
  var policy: [String] = []
  @Option(
    help: ArgumentHelp(
      "Set a parameter of that policy, such as max_wait=300; repeat for more.", valueName: "name=value"))
  var param: [String] = []
  @Option(
    help: ArgumentHelp("Also run this policy, with the same arrivals and pauses, and compare.", valueName: "file"),
    completion: .policies)
  var against: [String] = []
  @Option(help: ArgumentHelp("Take a device offline: D1@10:00-12:00; repeat for more.", valueName: "incident"))
  var offline: [String] = []
  @Option(help: ArgumentHelp("Retire a device without a successor: D3@11:00; repeat for more.", valueName: "incident"))
  var retire: [String] = []
  @Option(help: ArgumentHelp("Change a device's cap: D2=20/h, D2=20/h@11:00; repeat for more.", valueName: "incident"))
  var cap: [String] = []
  @Option(
    help: ArgumentHelp(
      "Add leads: 500/h across all active sequences, acme/welcome=500/h for one; repeat for more.", valueName: "rate"))
  var arrivals: [String] = []
  @Option(
    help: ArgumentHelp("A JSON file with incidents and arrivals.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var scenario: String?

  func validate() throws {
    guard (1...744).contains(hours) else {
      throw ValidationError("--hours: expected 1 to 744 hours, found \(hours)")
    }
    guard (1...3600).contains(every) else {
      throw ValidationError("--every: expected 1 to 3600 seconds, found \(every)")
    }
    if policy.isEmpty, !param.isEmpty {
      throw ValidationError("--param requires --policy; active revisions keep their parameters")
    }
    guard seed >= 0 else { throw ValidationError("--seed: expected a whole number from 0, found \(seed)") }
    _ = try asked()
  }

  func run() throws {
    try output.check(store)
    let simulation = try SimulateStore(
      try wholeScenario(), at: at?.instant, now: SystemClock().now(), hours: hours, everyS: every, seed: UInt64(seed),
      suspendAfter: suspension.suspendAfter, tenant: tenant.map(TenantID.init(stored:)))
    let sides = try sides()
    // The store is closed before the simulation runs.
    let state = try simulation.read(try store.openToRead())
    let progress = Progress("simulated hours")
    let result = try simulation.run(sides, over: state, progress: progress.show)
    progress.end()
    let output = try self.output.open(store)
    try output.put(self.output.text(SimulationText(result)) { SimulationPage(result).page })
    try output.finish()
    if let problem = result.problem { throw problem }
  }

  private func sides() throws -> [SimulatedPolicies] {
    let catalog = try rules.catalog(store: try store.file())
    let overrides = try ParameterOverrides(param)
    let first =
      policy.isEmpty
      ? nil : try PolicyArgument(policy, catalog: catalog, option: "--policy", overrides: overrides)
    let second = against.isEmpty ? nil : try PolicyArgument(against, catalog: catalog, option: "--against")
    return [SimulatedPolicies(first, catalog: catalog)]
      + (second.map { [SimulatedPolicies($0, catalog: catalog)] } ?? [])
  }

  private func wholeScenario() throws -> Scenario {
    var whole = Scenario()
    if let scenario { try ScenarioFile.read(try readInput(scenario), called: scenario, into: &whole) }
    whole.add(try asked())
    return whole
  }

  private func asked() throws -> Scenario {
    var asked = Scenario()
    for text in offline { asked.add(try IncidentArguments.offline(text), at: "--offline \(text)") }
    for text in retire { asked.add(try IncidentArguments.retire(text), at: "--retire \(text)") }
    for text in cap { asked.add(try IncidentArguments.cap(text), at: "--cap \(text)") }
    for text in arrivals { asked.add(try IncidentArguments.arrivals(text), at: "--arrivals \(text)") }
    return asked
  }
}

import ArgumentParser
import Operations
import Representations
import Routing

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Run the clock forward over stored data, in memory: what-if and outage drills.",
    discussion: """
      Copies what goes on in the store into memory and runs cycles and sends from there, with pacing, caps and windows.
      Writes nothing. Times are as in 10:00 (UTC, the next one), +2h (from the start), or 2026-11-22T10:00:00Z.

        # tomorrow, if nothing changes
        usher simulate --hours 24
        # an outage, under two policies
        usher simulate --policy reassign --against assigned --offline D1@10:00-12:00
        # new leads and a lower cap, as a page to look at
        usher simulate --hours 12 --arrivals 20/h --cap D2=20/h --format html --out tomorrow.html
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var suspension: SuspensionOptions
  @OptionGroup var output: ReportOptions
  @Option(help: ArgumentHelp("Simulated hours, 1 to 744.", valueName: "n")) var hours = 24
  @Option(
    help: ArgumentHelp(
      "Start at this time, as in 2026-11-22T09:00:00Z, not before the last cycle. Without it, now.", valueName: "time"))
  var at: InstantArgument?
  @Option(help: ArgumentHelp("Simulated seconds between two cycles, 1 to 3600.", valueName: "seconds")) var every = 60
  @Option(help: ArgumentHelp("Of the pauses between messages and the leads that arrive.", valueName: "n"))
  var seed = 1
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?
  @Option(
    help: ArgumentHelp(
      "What decides: a policy file, or the name of a shipped policy; given again, asked in order. Without it each tenant's active revisions.",
      valueName: "file"), completion: .policies)
  var policy: [String] = []
  @Option(
    help: ArgumentHelp(
      "Set a parameter of that policy, as in max_wait=300; given again, others.", valueName: "name=value"))
  var param: [String] = []
  @Option(
    help: ArgumentHelp("Run this policy too, over the same arrivals and pauses, and show both.", valueName: "file"),
    completion: .policies)
  var against: [String] = []
  @Option(help: ArgumentHelp("A device is offline: D1@10:00-12:00; again for more.", valueName: "incident"))
  var offline: [String] = []
  @Option(help: ArgumentHelp("A device is retired, and nobody takes over: D3@11:00.", valueName: "incident"))
  var retire: [String] = []
  @Option(help: ArgumentHelp("A device has another cap: D2=20/h, D2=20/h@11:00.", valueName: "incident"))
  var cap: [String] = []
  @Option(
    help: ArgumentHelp("New leads: 500/h over all active sequences, acme/welcome=500/h for one.", valueName: "rate"))
  var arrivals: [String] = []
  @Option(help: ArgumentHelp("A JSON file with the same.", valueName: "file"), completion: .file(extensions: ["json"]))
  var scenario: String?

  func validate() throws {
    guard (1...744).contains(hours) else {
      throw ValidationError("--hours: expected 1 to 744 hours, found \(hours)")
    }
    guard (1...3600).contains(every) else {
      throw ValidationError("--every: expected 1 to 3600 seconds, found \(every)")
    }
    if policy.isEmpty, !param.isEmpty {
      throw ValidationError("--param: expected --policy with it; active revisions have the parameters that they had")
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
    // The store is closed again before anything is simulated.
    let image = try simulation.read(try store.openToRead())
    let progress = Progress("simulated hours")
    let result = try simulation.run(sides, over: image, progress: progress.show)
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

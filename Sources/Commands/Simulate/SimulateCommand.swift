import ArgumentParser
import DryRun
import Operations
import Policies
import Routing
import Sequencing

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
  @Option(help: ArgumentHelp("A device is offline: D1@10:00-12:00; again for more.", valueName: "drill"))
  var offline: [String] = []
  @Option(help: ArgumentHelp("A device is retired, and nobody takes over: D3@11:00.", valueName: "drill"))
  var retire: [String] = []
  @Option(help: ArgumentHelp("A device has another cap: D2=20/h, D2=20/h@11:00.", valueName: "drill"))
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
    let start = at?.instant ?? SystemClock().now()
    var options = Simulation.Options(start: start, hours: hours)
    let plan = try wholeScenario().plan(start: start, end: options.end)
    options.everyMilliseconds = Int64(every) * 1000
    options.seed = UInt64(seed)
    (options.drills, options.arrivals, options.suspendAfter) = (plan.drills, plan.arrivals, suspension.suspendAfter)
    let file = try store.file()
    let catalog = try rules.catalog(store: file)
    var sides = [
      try SimulatedPolicies(policy, option: "--policy", overrides: try ParameterOverrides(param), catalog: catalog)
    ]
    if !against.isEmpty { sides.append(try SimulatedPolicies(against, option: "--against", catalog: catalog)) }
    let image = try readImage(at: start, models: plan.arrivals.isEmpty ? 0 : Simulation.modelLeads)
    try sides[0].checkOverrides(for: image)
    let simulation = try Simulation(image, options: options)
    let progress = Progress("simulated hours")
    var reports: [SimulationReport] = []
    for (place, side) in sides.enumerated() {
      reports.append(
        try simulation.run(
          side.name, lineup: { try side.lineup(of: $0, in: image) }, progress: { progress.show(place * hours + $0) }
        ))
    }
    progress.end()
    let talk = SimulateTalk(options: options, outages: plan.outages, reports: reports, columns: self.output.columns)
    let output = try self.output.open(store)
    try output.put(talk.text(self.output.format))
    try output.finish()
    if let failing = reports.first(where: { $0.totals.faults > 0 }) {
      throw Problem(
        .invalidPolicy,
        "the policy failed in \(failing.totals.faults) of \(failing.totals.decided) decisions (\(failing.policy))")
    }
  }

  /// The store is closed again before anything is simulated.
  private func readImage(at start: Instant, models: Int) throws -> StoreImage {
    let wanted = tenant.map(TenantID.init(stored:))
    let store = try store.openToRead()
    try PastMoment.refuse(
      at?.instant, in: store, of: wanted, instead: "leave out --at, or start when it last decided or later")
    let image = try store.image(of: wanted, modelLeads: models, at: start)
    if image.tenants.isEmpty, let wanted { try TenantLookup.expect(wanted, in: store) }
    return image
  }

  private func wholeScenario() throws -> Scenario {
    var whole = Scenario()
    if let scenario { try ScenarioFile.read(try readInput(scenario), called: scenario, into: &whole) }
    for entry in try asked().entries { whole.add(entry.happening, at: entry.place) }
    return whole
  }

  private func asked() throws -> Scenario {
    var asked = Scenario()
    for text in offline { asked.add(try DrillArguments.offline(text), at: "--offline \(text)") }
    for text in retire { asked.add(try DrillArguments.retire(text), at: "--retire \(text)") }
    for text in cap { asked.add(try DrillArguments.cap(text), at: "--cap \(text)") }
    for text in arrivals { asked.add(try DrillArguments.arrivals(text), at: "--arrivals \(text)") }
    return asked
  }
}

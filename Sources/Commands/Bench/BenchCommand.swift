import ArgumentParser
import Bench
import Operations
import Representations
import Wire

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure decisions and cycles against the same work in C.",
    discussion: """
      Each figure stands beside its floor, measured in turns in the same run: one decision beside the bare C call of the
      same policy, one cycle beside the same SQL from C, many tenants beside one, tools that only look beside the deciding alone. Figures of two machines, or of two runs, do not compare;
      ratios do. Fails when the two sides do not come to the same choices. Docs/Performance.md says what each line means.

        # what a decision costs beside the same in C
        usher bench --only decision --devices 10 --rounds 1
        # cycles, as JSON for a program that compares
        usher bench --only cycle --contacts 500 --rounds 1 --format json
      """)

  @Option(help: ArgumentHelp("How many due contacts a cycle works through.", valueName: "n")) var contacts = 100_000
  @Option(
    help: ArgumentHelp(
      "Sizes of the fleets that decisions are measured over; without it 10 to 100000.", valueName: "n,n"))
  var devices: CountsArgument?
  @Option(help: ArgumentHelp("How many tenants with 100 devices each share a store.", valueName: "n"))
  var tenants = 1000
  @Option(help: ArgumentHelp("How often a policy is reloaded under load.", valueName: "n")) var reloads = 1000
  @Option(help: ArgumentHelp("Rounds of each side; the median counts.", valueName: "n")) var rounds = 5
  @Option(
    help: ArgumentHelp(
      "Measures to take, of \(BenchMeasure.allCases.map(\.rawValue).joined(separator: ", ")); without it all.",
      valueName: "name,name"))
  var only: MeasuresArgument?
  @Flag(help: "At most 20000 contacts, 200 tenants, fleets of up to 1000, two rounds.") var quick = false
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard (1...10_000_000).contains(contacts) else { throw ValidationError("--contacts: expected 1 to 10000000") }
    guard (1...10_000).contains(tenants) else { throw ValidationError("--tenants: expected 1 to 10000") }
    guard (1...100_000).contains(reloads) else { throw ValidationError("--reloads: expected 1 to 100000") }
    guard (1...1000).contains(rounds) else { throw ValidationError("--rounds: expected 1 to 1000") }
  }

  func run() throws {
    do {
      Talk.put(try measure(), format.format)
    } catch let failure as BenchFailure {
      throw Problem(.invalidInput, "\(failure)")
    }
  }

  private func measure() throws -> Listing {
    let rounds = quick ? min(self.rounds, 2) : self.rounds
    let sizes = devices?.counts ?? (quick ? [10, 100, 1000] : [10, 100, 1000, 10_000, 100_000])
    let progress = Progress("measurements")
    defer { progress.end() }
    var table = BenchTable()
    var count = 0
    func show() {
      count += 1
      progress.show(count)
    }
    let contacts = quick ? min(self.contacts, 20_000) : self.contacts
    if takes(.tenants) {
      try measureTenants(contacts: min(contacts, 100_000), rounds: min(rounds, 3), into: &table)
      show()
    }
    if takes(.cycle) {
      try CycleBench(contacts: contacts, rounds: rounds).run {
        table.add($0)
        show()
      }
      table.add(peak: PeakMemory.megabytes, of: "cycles", atMost: BenchTable.cycleMegabytes)
    }
    if takes(.start) {
      table.add(try StartBench(contacts: contacts, rounds: rounds).run())
      show()
    }
    if takes(.tools) {
      try ToolBench(contacts: contacts, rounds: rounds).run {
        table.add($0)
        show()
      }
    }
    if takes(.decision) {
      try DecisionBench(rounds: rounds).run(devices: sizes) {
        table.add($0)
        show()
      }
      table.addGrowth()
    }
    if takes(.scoring) {
      try ScoringBench(rounds: rounds).run {
        table.add($0)
        show()
      }
    }
    if takes(.allocations) { try AllocationBench().run { table.add($0) } }
    if takes(.reloads), let result = try ReloadBench(reloads: reloads).run() {
      table.add(result)
      show()
    }
    if takes(.shadow) {
      table.add(try ShadowBench(contacts: contacts, rounds: rounds).run())
      show()
    }
    table.add(peak: PeakMemory.megabytes, of: "everything")
    return table.listing
  }
}

extension BenchCommand {
  private func takes(_ measure: BenchMeasure) -> Bool { only?.measures.contains(measure) ?? true }

  /// First, since what was resident before counts as theirs.
  private func measureTenants(contacts: Int, rounds: Int, into table: inout BenchTable) throws {
    let tenants = quick ? min(self.tenants, 200) : self.tenants
    table.add(try TenantBench(tenants: tenants, contacts: contacts, rounds: rounds).run())
  }
}

/// Whole numbers with commas between them: `10,100,1000`.
struct CountsArgument: ExpressibleByArgument {
  let counts: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    counts = parts.compactMap { Int($0) }
    guard counts.count == parts.count, counts.allSatisfy({ (1...1_000_000).contains($0) }) else { return nil }
  }
}

import ArgumentParser
import Bench
import Operations
import Representations

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure decisions and cycles against the same work in C.",
    discussion: """
      Each figure stands beside its baseline, measured in turns in the same run: one decision beside the bare C call of the
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
    var run = BenchRun(measures: only?.measures ?? Set(BenchMeasure.allCases))
    (run.contacts, run.tenants, run.reloads, run.rounds) = (contacts, tenants, reloads, rounds)
    if quick { run.limitToQuick() }
    if let devices { run.devices = devices.counts }
    do {
      TerminalOutput.write(BenchReport(try measure(run)), format.format)
    } catch let failure as BenchFailure {
      throw Problem(.checkFailed, "\(failure)")
    }
  }

  private func measure(_ run: BenchRun) throws -> BenchFigures {
    let progress = Progress("measurements")
    defer { progress.end() }
    return try run.measure { progress.show($0) }
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

/// Names of measures with commas between them: `decision,scoring`.
struct MeasuresArgument: ExpressibleByArgument {
  let measures: Set<BenchMeasure>

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    measures = Set(parts.compactMap { BenchMeasure(rawValue: String($0)) })
    guard measures.count == parts.count else { return nil }
  }
}

import ArgumentParser
import Bench
import Operations
import Representations

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure decisions and cycles, and compare them with the same work in C.",
    discussion: """
      Each figure is shown with its baseline, measured alternately in the same run: a decision against the bare C call
      of the same policy, a cycle against the same SQL run from C, many tenants against one, and read-only tools against
      the decisions alone. Compare ratios: absolute figures from different machines or runs are not comparable. Fails if
      the two sides make different choices. Docs/Performance.md explains each line.

        # the cost of a decision compared with the same work in C
        usher bench --only decision --devices 10 --rounds 1
        # cycles, as JSON for a program that compares runs
        usher bench --only cycle --contacts 500 --rounds 1 --format json
      """, subcommands: [HistoryBenchCommand.self])

  @Option(help: ArgumentHelp("Due contacts in a cycle.", valueName: "n")) var contacts = 100_000
  @Option(
    help: ArgumentHelp(
      "Fleet sizes for measuring decisions; default: 10 to 100000.", valueName: "n,n"))
  var devices: CountsArgument?
  @Option(help: ArgumentHelp("Tenants that share a store, with 100 devices each.", valueName: "n"))
  var tenants = 1000
  @Option(help: ArgumentHelp("Policy reloads under load.", valueName: "n")) var reloads = 1000
  @Option(help: ArgumentHelp("Rounds for each side; the median is reported.", valueName: "n")) var rounds = 5
  @Option(
    help: ArgumentHelp(
      "Measures to run, from \(BenchMeasure.allCases.map(\.rawValue).joined(separator: ", ")); default: all.",
      valueName: "name,name"))
  var only: MeasuresArgument?
  @Flag(help: "Limit the run to 20000 contacts, 200 tenants, fleets of 1000 and two rounds.") var quick = false
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard (1...10_000_000).contains(contacts) else {
      throw ValidationError("--contacts: expected 1 to 10000000, found \(contacts)")
    }
    guard (1...10_000).contains(tenants) else {
      throw ValidationError("--tenants: expected 1 to 10000, found \(tenants)")
    }
    guard (1...100_000).contains(reloads) else {
      throw ValidationError("--reloads: expected 1 to 100000, found \(reloads)")
    }
    guard (1...1000).contains(rounds) else { throw ValidationError("--rounds: expected 1 to 1000, found \(rounds)") }
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

/// Whole numbers separated by commas: `10,100,1000`.
struct CountsArgument: ExpressibleByArgument {
  let counts: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    counts = parts.compactMap { Int($0) }
    guard counts.count == parts.count, counts.allSatisfy({ (1...1_000_000).contains($0) }) else { return nil }
  }
}

/// Names of measures separated by commas: `decision,scoring`.
struct MeasuresArgument: ExpressibleByArgument {
  let measures: Set<BenchMeasure>

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    measures = Set(parts.compactMap { BenchMeasure(rawValue: String($0)) })
    guard measures.count == parts.count else { return nil }
  }
}

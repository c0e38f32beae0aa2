import ArgumentParser
import Bench
import Foundation
import Operations
import Representations

struct HistoryBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Measure what a long history costs, against a store without one.",
    discussion: """
      Makes a store with that many sent messages of one tenant, which takes some 30 s and 700 MB for each million, and a
      store without any. Both have the same due contacts. Measures a start, a cycle, sending and reports on each. The
      target is 1.15 times the store without a history, plus 50 ms. With --keep the store stays in a file, which the next
      run uses again.

        # a small one
        usher bench history --messages 2000 --contacts 200 --rounds 1
      """)

  @Option(help: ArgumentHelp("Sent messages of the history.", valueName: "n")) var messages = 1_000_000
  @Option(help: ArgumentHelp("Due contacts of both stores.", valueName: "n")) var contacts = 100_000
  @Option(help: ArgumentHelp("Rounds for each report; the median is reported.", valueName: "n")) var rounds = 3
  @Option(help: ArgumentHelp("Keep the store with the history in this file, or use it.", valueName: "file"))
  var keep: OutputPath?
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard (1...100_000_000).contains(messages) else {
      throw ValidationError("--messages: expected 1 to 100000000, found \(messages)")
    }
    guard (1...10_000_000).contains(contacts) else {
      throw ValidationError("--contacts: expected 1 to 10000000, found \(contacts)")
    }
    guard (1...1000).contains(rounds) else { throw ValidationError("--rounds: expected 1 to 1000, found \(rounds)") }
  }

  func run() throws {
    if let keep, !FileManager.default.fileExists(atPath: keep.path) { try keep.check(for: .store, store: nil) }
    var figures = BenchFigures()
    do {
      let bench = HistoryBench(contacts: contacts, messages: messages, rounds: rounds, kept: keep?.path)
      for result in try measure(bench) { figures.add(result) }
    } catch let failure as BenchFailure {
      throw Problem(.checkFailed, "\(failure)")
    }
    TerminalOutput.write(BenchReport(figures), format.format)
  }

  private func measure(_ bench: HistoryBench) throws -> [HistoryResult] {
    let progress = Progress("messages")
    defer { progress.end() }
    return try bench.run { progress.show($0) }
  }
}

import ArgumentParser
import Operations
import Representations
import Routing

struct StoreClockCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clock", abstract: "Accept the machine's clock after it was wrong.",
    discussion: """
        # the clock was ahead and is right again: take its times back, and send
        usher store clock accept --reason 'NTP was off'
      """, subcommands: [StoreClockAcceptCommand.self])
}

struct StoreClockAcceptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept", abstract: "Take back times ahead of the clock, and end the hold of kind clock.",
    discussion: """
      Make sure first that the machine's clock is right. Sends on record that are ahead of it move back together; the
      newest is then dated now. Paces, waits, leases, due steps and pauses after faults that follow from a wrong time
      are computed again. Queued messages whose step is not due yet wait until it is. Decisions and the audit keep their
      times, and so do pauses of operators. Messages that were sent cannot be taken back.

        # what it would change
        usher store clock accept --dry-run
        usher store clock accept --reason 'the clock was 8 h ahead until NTP corrected it'
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @Flag(name: .customLong("dry-run"), help: "Show what would be changed, and write nothing.") var dryRun = false

  func validate() throws {
    if !dryRun { _ = try who.expectedReason(for: AcceptClock.action) }
  }

  func run() throws {
    let store = try store.openToWrite(as: who.actor)
    let report = ClockCorrectionReport(try AcceptClock(isDryRun: dryRun).run(on: store, by: who.note()))
    TerminalOutput.write(report, format.format)
    if format.format == .table { for sentence in report.sentences { TerminalOutput.note(sentence) } }
  }
}

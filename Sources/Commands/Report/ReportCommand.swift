import ArgumentParser
import Operations
import Representations
import Routing

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Report on messages, devices, sequences, and the store's soundness.",
    discussion: """
        # who sent for whom in the last day, and why
        usher report mismatches --since 24h
        usher report devices
        # how far the contacts of each sequence are
        usher report sequences
        # for a monitor: exit 1 when a promise is broken
        usher report integrity --format json
      """,
    subcommands: [
      MismatchesReportCommand.self, DevicesReportCommand.self, SequencesReportCommand.self,
      IntegrityReportCommand.self,
    ])
}

/// The moment that a report is of.
struct ReportMoment: ParsableArguments {
  @Option(
    help: ArgumentHelp("As of this time: only what had happened by then counts. Without it, now.", valueName: "time"))
  var at: InstantArgument?
}

struct MismatchesReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mismatches", abstract: "Messages that are not on their contact's assigned device, and why.",
    discussion: """
      Joined on the enrolment and its step. The parts add up to the total; 'mismatch' is empty unless something other
      than Usher wrote to the store. Exits 1 when it is not.

        usher report mismatches --since 24h
        usher report mismatches --tenant acme --format csv
        # the day that ended this morning, as it looked then
        usher report mismatches --since 24h --at 2026-11-22T09:00:00Z
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(help: ArgumentHelp("Messages created since then: 24h, 30m, 7d, or a time.", valueName: "since")) var since:
    PastArgument?
  @OptionGroup var moment: ReportMoment
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?

  func run() throws {
    let at = moment.at?.instant
    let store = try store.openToRead()
    let report = try MismatchesQuery(
      since: since?.instant(before: at ?? SystemClock().now()), tenant: tenant.map(TenantID.init(stored:)), moment: at
    ).run(store)
    TerminalOutput.write(report, format.format)
    try HoldNotice.say(store, at: at)
    if report.counts[.mismatch] ?? 0 > 0 { throw ExitCode(1) }
  }
}

struct DevicesReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices", abstract: "Every device: can it accept more, and if not, why.",
    discussion: """
      What was sent in the rolling minute, hour and day stands beside its cap; the load is the share of the fullest one, 0 to 1.
      With --at in the past, what the store has no record of is empty (null in JSON).

        usher report devices
        # as it was this morning
        usher report devices --at 2026-11-22T09:00:00Z --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var moment: ReportMoment

  func run() throws {
    let store = try store.openToRead()
    let answer = try DevicesQuery(moment: moment.at?.instant).run(store, at: SystemClock().now())
    TerminalOutput.write(DevicesReport(answer), format.format)
    try HoldNotice.say(store, at: moment.at?.instant, unlessTable: format.format)
  }
}

struct SequencesReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sequences", abstract: "The funnel of each sequence: its enrolments by step and state.",
    discussion: """
        usher report sequences
        usher report sequences --format csv
        # as it was that morning
        usher report sequences --at 2026-11-22T09:00:00Z
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var moment: ReportMoment

  func run() throws {
    let store = try store.openToRead()
    TerminalOutput.write(try SequencesQuery(moment: moment.at?.instant).run(store), format.format)
    try HoldNotice.say(store, at: moment.at?.instant)
  }
}

struct IntegrityReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "integrity", abstract: "Check the promises that the store has to keep; exit 1 on any violation.",
    discussion: """
      Walks over everything; minutes on a store of millions. A running `usher serve` is not held up.

        usher report integrity
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let report = try IntegrityQuery().run(try store.openToRead())
    TerminalOutput.write(report, format.format)
    if !report.isSound { throw ExitCode(1) }
  }
}

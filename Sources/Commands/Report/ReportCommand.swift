import ArgumentParser
import Operations
import Representations
import Routing

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Report on messages, devices, sequences and the store's integrity.",
    discussion: """
        # messages of the last day on a device other than the assigned one, and why
        usher report mismatches --since 24h
        usher report devices
        # who waits, and when they are served
        usher report waiting
        # the progress of each sequence's contacts
        usher report sequences
        # for a monitoring system: exit 1 if an invariant is violated
        usher report integrity --format json
      """,
    subcommands: [
      MismatchesReportCommand.self, DevicesReportCommand.self, WaitingReportCommand.self,
      SequencesReportCommand.self, IntegrityReportCommand.self,
    ])
}

/// The time that a report describes.
struct ReportMoment: ParsableArguments {
  @Option(
    help: ArgumentHelp("Report as of this time, counting only earlier events; default: now.", valueName: "time"))
  var at: InstantArgument?
}

struct MismatchesReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mismatches", abstract: "List messages that are not on their contact's assigned device, and why.",
    discussion: """
      Each message counts in exactly one part; the parts add up to the total. 'mismatch' is 0 unless another program
      wrote to the store; if it is not 0, the command exits 1.

        usher report mismatches --since 24h
        usher report mismatches --tenant acme --format csv
        # the 24 hours before this time, as recorded then
        usher report mismatches --since 24h --at 2026-11-22T09:00:00Z
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(help: ArgumentHelp("Only messages created in the last 24h, 30m or 7d, or since a time.", valueName: "since"))
  var since: PastArgument?
  @OptionGroup var moment: ReportMoment
  @Option(help: "Only this tenant.", completion: .tenants) var tenant: String?

  func run() throws {
    let at = moment.at?.instant
    let store = try store.openToRead()
    let report = try MismatchesQuery(
      since: since?.instant(before: at ?? SystemClock().now()), tenant: tenant.map(TenantID.init(stored:)), moment: at
    ).run(store)
    TerminalOutput.write(report, format.format)
    if format.format == .csv, let window = report.windowText { TerminalOutput.note(window) }
    try HoldNotice.say(store, at: at)
    if report.counts[.mismatch] ?? 0 > 0 { throw ExitCode(1) }
  }
}

struct DevicesReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices", abstract: "List every device: whether it can accept more, and if not, why.",
    discussion: """
      Shows the messages sent in the rolling minute, hour and day next to the caps. The load is how full the fullest cap
      is, from 0 to 1. With --at in the past, values that the store did not record are empty (null in JSON).

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

struct WaitingReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waiting", abstract: "List the waiting contacts by waitlist and reason, and when they are served.",
    discussion: """
      For each waitlist: its contacts, the age of the oldest, and about when the first and the last are served at the
      present rate of its devices. Contacts on no waitlist wait for a time; for them the report shows the first and the
      last time. With --at in the past there are no estimates. Costs a walk over the waiting contacts: some seconds for a
      million.

        usher report waiting
        usher report waiting --tenant acme --format csv
        # who waited that morning
        usher report waiting --at 2026-11-22T09:00:00Z
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var moment: ReportMoment
  @Option(help: "Only this tenant.", completion: .tenants) var tenant: String?

  func run() throws {
    let store = try store.openToRead()
    let query = WaitingQuery(tenant: tenant.map(TenantID.init(stored:)), moment: moment.at?.instant)
    TerminalOutput.write(try query.run(store, at: SystemClock().now()), format.format)
    try HoldNotice.say(store, at: moment.at?.instant)
  }
}

struct SequencesReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sequences", abstract: "Show each sequence's funnel: enrolments by step and state.",
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
    commandName: "integrity", abstract: "Check the store's invariants; exit 1 on any violation.",
    discussion: """
      Reads every row, which takes minutes on a store of millions. It does not block a running `usher serve`.
      Times on record that are ahead of the machine's clock count as violations; `usher store clock accept` corrects
      them.

        usher report integrity
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let report = try IntegrityQuery(now: SystemClock().now()).run(try store.openToRead())
    TerminalOutput.write(report, format.format)
    if !report.isSound { throw ExitCode(1) }
  }
}

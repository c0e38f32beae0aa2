import ArgumentParser
import Representations
import Routing
import Wire

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

/// How far back a report looks: `24h`, `30m`, `7d`, or a time.
struct SinceArgument: ExpressibleByArgument {
  private enum Form {
    case moment(Instant)
    case seconds(Int64)
  }
  private let form: Form

  init?(argument: String) {
    if let moment = Instant(rfc3339: argument) {
      form = .moment(moment)
      return
    }
    guard let span = SpanArgument(argument: argument) else { return nil }
    form = .seconds(span.seconds)
  }

  func instant(from now: Instant) -> Instant {
    switch form {
    case .moment(let moment): moment
    case .seconds(let seconds): now.advanced(bySeconds: -seconds)
    }
  }
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
    SinceArgument?
  @OptionGroup var moment: ReportMoment
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?

  func run() throws {
    let at = moment.at?.instant
    let store = try store.openToRead()
    let report = try store.mismatches(
      since: since?.instant(from: at ?? SystemClock().now()), tenant: tenant.map(TenantID.init(stored:)), at: at)
    MismatchTalk(report).put(format.format)
    try HoldNotice.say(store, at: at)
    if report.counts[.mismatch] ?? 0 > 0 { throw ExitCode(1) }
  }
}

/// The report on mismatches for people and programs.
struct MismatchTalk {
  private let report: MismatchReport
  init(_ report: MismatchReport) { self.report = report }

  func put(_ format: ListingFormat) {
    guard format == .table else { return Talk.put(text(format)) }
    Talk.put(parts, format)
    if report.lines.isEmpty { return }
    Talk.put("\n")
    Talk.put(lines, format)
  }

  func text(_ format: ListingFormat) -> String {
    switch format {
    case .json:
      let counts = JSONObject(
        MismatchReport.Part.allCases.map { ($0.rawValue, JSONValue(report.counts[$0] ?? 0)) }
          + [("total", JSONValue(report.total))])
      let object = JSONObject([("parts", .object(counts)), ("messages", lines.json)])
      return JSONWriter(style: .pretty).string(.object(object)) + "\n"
    case .csv: return lines.text(.csv)
    case .table: return parts.text(.table) + (report.lines.isEmpty ? "" : "\n" + lines.text(.table))
    }
  }

  /// How many messages there are of each kind, and in all.
  var parts: Listing {
    var listing = Listing(["part", "messages"])
    for part in MismatchReport.Part.allCases {
      listing.add([.string(part.rawValue), JSONValue(report.counts[part] ?? 0)])
    }
    listing.add([.string("total"), JSONValue(report.total)])
    return listing
  }

  private var lines: Listing {
    var listing = Listing([
      "part", "tenant", "contact", "step", "status", "device", "assigned_device", "reason", "policy", "created_at",
    ])
    for line in report.lines {
      listing.add([
        .string(line.part.rawValue), .string(line.tenant.text), .string(line.contact.text), JSONValue(line.step),
        .string(line.status.rawValue), .string(line.device.text), JSONValue(line.assignedDevice?.text),
        .string(line.reason), JSONValue(line.policy), .string(line.createdAt.rfc3339),
      ])
    }
    return listing
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
    try DeviceListing.put(store, at: moment.at?.instant, format.format)
    try HoldNotice.say(store, at: moment.at?.instant, unlessTable: format.format)
  }
}

/// The report on devices, which `usher device list` prints too.
enum DeviceListing {
  /// `moment` nil: as it is now.
  static func put(_ store: any Store, at moment: Instant?, _ format: ListingFormat) throws {
    let report = try moment.map { try store.devices(at: $0) } ?? store.devicesNow(at: SystemClock().now())
    let holds = try store.holds(at: moment)
    guard format == .table else { return Talk.put(full(report, holds), format) }
    Talk.put(table(report), format)
    Talk.put("\n" + summary(report, holds))
  }

  /// The table as it is where there is no terminal.
  static func table(_ store: any Store, at now: Instant) throws -> String {
    let report = try store.devicesNow(at: now)
    return table(report).text(.table) + "\n" + summary(report, try store.holds())
  }

  private static func summary(_ report: DeviceReport, _ holds: [SendingHold]) -> String {
    let total = report.total
    let unknown = report.lines.count { !$0.isAvailabilityKnown }
    return "\(report.availableCount) of \(report.lines.count) devices can accept more"
      + (unknown > 0 ? ", unknown for \(unknown); " : "; ")
      + "\(total.openContacts + report.unassignedContacts) open contacts (\(report.unassignedContacts) without a device), "
      + "\(total.queued) queued, \(total.inFlight) in flight, \(total.sentHour) sent in the last hour, "
      + "\(total.sentDay) in the last day\n"
      + holds.map { terminalSafe($0.sentence) + "\n" }.joined()
  }

  /// For programs: a column for each figure.
  private static func full(_ report: DeviceReport, _ holds: [SendingHold]) -> Listing {
    var listing = Listing([
      "tenant", "device", "name", "status", "available", "why_not", "contacts", "queued", "in_flight",
      "limit_in_flight", "sent_minute", "limit_minute", "sent_hour", "limit_hour", "sent_day", "limit_day",
      "headroom", "load", "hold",
    ])
    for line in report.lines {
      let known = { (fact: DeviceFacts, value: JSONValue) in line.facts.contains(fact) ? value : .null }
      let limit = { (limit: Int?) in known(.limits, JSONValue(limit)) }
      let limits = line.device.limits
      listing.add([
        .string(line.tenant.text), .string(line.device.id.text), .string(line.device.name),
        known(.status, .string(line.device.status.rawValue)),
        line.isAvailabilityKnown ? .bool(line.isAvailable) : .null,
        line.isAvailabilityKnown ? JSONValue(line.unavailableBecause) : .null,
        JSONValue(line.sums.openContacts), JSONValue(line.sums.queued), JSONValue(line.sums.inFlight),
        limit(limits.inFlight), JSONValue(line.sums.sentMinute), limit(limits.minute),
        JSONValue(line.sums.sentHour), limit(limits.hour), JSONValue(line.sums.sentDay), limit(limits.day),
        known(.limits, JSONValue(line.headroom)), known(.limits, .number(rounded(line.load))),
        JSONValue(holds.covering(line.tenant)?.sentence),
      ])
    }
    return listing
  }

  /// For people: what was sent beside its cap, in columns that an ordinary terminal has room for.
  private static func table(_ report: DeviceReport) -> Listing {
    // A cap that no device has says nothing.
    let hasMinute = report.lines.contains { $0.facts.contains(.limits) && $0.device.limits.minute != nil }
    var listing = Listing(
      ["tenant", "device", "available", "contacts", "queued", "in_flight"] + (hasMinute ? ["minute"] : [])
        + ["hour", "day", "load"])
    for line in report.lines {
      let (device, sums) = (line.device, line.sums)
      let limits = line.facts.contains(.limits) ? device.limits : DeviceLimits()
      let share = { (sent: Int, limit: Int?) -> JSONValue in .string(limit.map { "\(sent)/\($0)" } ?? "\(sent)") }
      listing.add(
        [
          .string(line.tenant.text),
          .string(device.name == device.id.text ? device.name : "\(device.id) \(device.name)"),
          .string(line.isAvailabilityKnown ? line.unavailableBecause.map { "no: \($0)" } ?? "yes" : "–"),
          JSONValue(sums.openContacts),
          JSONValue(sums.queued), share(sums.inFlight, limits.inFlight),
        ] + (hasMinute ? [share(sums.sentMinute, limits.minute)] : []) + [
          share(sums.sentHour, limits.hour), share(sums.sentDay, limits.day),
          line.facts.contains(.limits) ? .number(rounded(line.load)) : .string("–"),
        ])
    }
    return listing
  }

  private static func rounded(_ load: Double) -> Double { (load * 1000).rounded() / 1000 }
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
    let report = try moment.at.map { try store.sequences(at: $0.instant) } ?? store.sequences()
    let states = EnrolmentStatus.allCases
    let messages: [MessageStatus] = [
      .pending, .sending, .sent, .delivered, .read, .failed, .unknown, .expired, .cancelled,
    ]
    // A table says only of a sequence that is not active what it is.
    let isTable = format.format == .table
    var listing = Listing(
      ["tenant", "sequence"] + (isTable ? [] : ["status"]) + ["step", "enrolments"] + states.map(\.rawValue)
        + messages.map { "messages_\($0.rawValue)" } + ["skipped"])
    for sequence in report.sequences {
      let state = sequence.status.map { $0 == "active" ? "" : " (\($0))" } ?? ""
      let names: [JSONValue] =
        isTable ? [.string(sequence.id + state)] : [.string(sequence.id), JSONValue(sequence.status)]
      for step in sequence.steps {
        let enrolments = states.map { step.enrolments[$0] ?? 0 }
        let shown = zip(states, enrolments).map { state, count -> JSONValue in
          let isWait = state == .scheduled || state == .waiting
          return isWait && !sequence.areWaitsKnown ? .null : JSONValue(count)
        }
        let carried = messages.map { status -> JSONValue in
          let isReceipt = status == .delivered || status == .read
          return isReceipt && report.isPast ? .null : JSONValue(step.messages[status] ?? 0)
        }
        listing.add(
          [.string(sequence.tenant.text)] + names + [JSONValue(step.ordinal), JSONValue(enrolments.reduce(0, +))]
            + shown + carried + [JSONValue(step.skipped)])
      }
    }
    if isTable {
      Talk.put(listing.withoutEmptyColumns(keeping: 4), .table)
      Talk.put("\n\(report.enrolments) enrolments in all\n")
    } else {
      Talk.put(listing, format.format)
    }
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
    let report = try store.openToRead().integrity()
    var listing = Listing(["check", "violations", "promise", "examples"])
    for check in report.checks {
      listing.add([
        .string(check.name), JSONValue(check.violations), .string(check.promise),
        .array(check.examples.map { .string($0) }),
      ])
    }
    Talk.put(listing, format.format)
    if !report.isSound { throw ExitCode(1) }
  }
}

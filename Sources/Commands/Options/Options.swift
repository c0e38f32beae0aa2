import ArgumentParser
import Daemon
import Foundation
import Operations
import Pages
import Policies
import Representations
import Routing
import Sequencing
import Stores

/// Where the data is.
struct StoreOptions: ParsableArguments {
  /// The store where none is named.
  static let usual = "usher.db"

  @Option(
    name: .long, help: ArgumentHelp("The store: an SQLite file.", valueName: "path"),
    completion: .file(extensions: ["db"]))
  var store = StoreOptions.usual

  func openToRead() throws -> any Store { try Stores.open(try file(), mode: .readOnly) }

  /// Says what else was done: an upgrade, files closed to others, old copies deleted. Puts holds that only the hold file states
  /// into the store on the way. `actor`: who is on record for an upgrade; nil is the system user.
  func openToWrite(as actor: Actor? = nil) throws -> any Store {
    try OpenStore(try file(), as: actor ?? Actor(SystemUser.current.text)).run(
      at: SystemClock().now(), notify: { TerminalOutput.note($0) }, waits: { TerminalOutput.note($0) })
  }

  /// The path of the store. Throws `StoreError` for an address of another scheme.
  func file() throws -> String { try Stores.path(of: store) }
}

/// Where policies are.
struct RulesOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder of policy files; without it the folder 'Rules' beside the store, if there is one.", valueName: "dir"),
    completion: .directory)
  var rules: String?

  /// Throws when a folder was named that is not there.
  func catalog(store: String) throws -> PolicyCatalog {
    try FindRules(rules, store: store).run()
  }
}

/// When a policy that fails is not asked any more.
struct SuspensionOptions: ParsableArguments {
  @Option(
    name: .customLong("suspend-after"),
    help: ArgumentHelp(
      "Suspend a policy for a tenant after so many faults in a row; 0 never does.", valueName: "faults"))
  var suspendAfter = Cycle.suspendAfter

  func validate() throws {
    guard (0...1_000_000).contains(suspendAfter) else {
      throw ValidationError("--suspend-after: expected 0 to 1000000 faults, found \(suspendAfter)")
    }
  }
}

/// Whether edited files are taken by themselves.
struct PinningOptions: ParsableArguments {
  @Flag(help: "Take no edited file: policies change by `usher policy activate` alone.") var pinned = false
}

/// How lists are printed.
struct FormatOptions: ParsableArguments {
  @Option(name: .long, help: "How to print: table, json or csv.")
  var format = ListingFormat.table
}

/// How a report is written, and where to.
struct ReportOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv, html }

  @Option(name: .long, help: "How to write: table, json, csv or html.")
  var format = Format.table
  @Option(
    help: ArgumentHelp("Write to this file; without it to standard output.", valueName: "file"))
  var out: OutputPath?

  /// The same for what has no page.
  var listing: ListingFormat { ListingFormat(rawValue: format.rawValue) ?? .table }

  /// The columns of the terminal that the report goes to; nil when it goes elsewhere.
  var columns: Int? { out == nil ? TerminalOutput.outputColumns : nil }

  /// The report in the format asked for; `page` is made for HTML alone.
  func text(_ report: some Representation, page: () -> Page) -> String {
    format == .html ? page().html : report.text(listing, columns: columns)
  }

  /// To be called before the report is made: a name that cannot be right is refused at once.
  func check(_ store: StoreOptions) throws { try out?.check(store: try store.file()) }

  /// A report may tell of people.
  func open(_ store: StoreOptions) throws -> ReportOutput {
    let store = try store.file()
    return try ReportOutput(path: out?.path, mode: .personal(store: store), store: store)
  }
}

/// Where the gateway `log` writes.
struct SendOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where the gateway 'log' writes messages, one JSON object a line; - is standard output. Without it the file STORE.sent.jsonl.",
      valueName: "file"))
  var sent: OutputPath?

  var messages: ServiceOptions.SentMessages {
    guard let path = sent?.path else { return .besideStore }
    return path == "-" ? .standardOutput : .file(path)
  }
}

/// A moment on the command line, as 2026-11-22T09:00:00Z.
struct InstantArgument: ExpressibleByArgument {
  let instant: Instant
  init?(argument: String) {
    guard let instant = Instant(rfc3339: argument) else { return nil }
    self.instant = instant
  }
  static var help: String { "a time such as 2026-11-22T09:00:00Z" }
}

/// A length of time on the command line: `24h`, `30m`, `7d`.
struct SpanArgument: ExpressibleByArgument {
  let seconds: Int64
  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
      (0...1_000_000).contains(count)
    else { return nil }
    seconds = count * unit
  }
}

/// The machine's clock. Beside it, only `HeartbeatTime` reads one: for the age of heartbeats, and how long a hold waits.
struct SystemClock: Clock {
  func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

/// Milliseconds of a clock that only goes forward.
func stopwatch() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e6 }

/// A file's bytes, or those of standard input for `-`.
func readInput(_ path: String) throws -> [UInt8] {
  if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
  return try InputFile.bytes(path)
}

extension ListingFormat: ExpressibleByArgument {}

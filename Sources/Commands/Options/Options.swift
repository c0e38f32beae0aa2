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

/// The option that names the store.
struct StoreOptions: ParsableArguments {
  /// The default path of the store.
  static let usual = "usher.db"

  @Option(
    name: .long, help: ArgumentHelp("The store, an SQLite file.", valueName: "path"),
    completion: .file(extensions: ["db"]))
  var store = StoreOptions.usual

  func openToRead() throws -> any Store { try Stores.open(try file(), mode: .readOnly) }

  /// Opens the store for writing. Prints what was done on the way: an upgrade, files closed to others, old copies deleted.
  /// Records holds that only the hold file contains. `actor`: recorded for an upgrade; nil is the system user.
  func openToWrite(as actor: Actor? = nil) throws -> any Store {
    try OpenStore(try file(), as: actor ?? Actor(SystemUser.current.text)).run(
      at: SystemClock().now(), notify: { TerminalOutput.note($0) }, waits: { TerminalOutput.note($0) })
  }

  /// The path of the store. Throws `StoreError` for an address of another scheme.
  func file() throws -> String { try Stores.path(of: store) }
}

/// The option that names the folder of policies.
struct RulesOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder of policy files; default: the folder 'Rules' next to the store, if it exists.", valueName: "dir"),
    completion: .directory)
  var rules: String?

  /// Throws if a folder was named that does not exist.
  func catalog(store: String) throws -> PolicyCatalog {
    try FindRules(rules, store: store).run()
  }
}

/// When a failing policy is suspended.
struct SuspensionOptions: ParsableArguments {
  @Option(
    name: .customLong("suspend-after"),
    help: ArgumentHelp(
      """
      Suspend a policy for a tenant when it fails for at least this many contacts, and for half of the last 100; 0 disables \
      suspension.
      """, valueName: "contacts"))
  var suspendAfter = Cycle.suspendAfter

  func validate() throws {
    guard (0...1_000_000).contains(suspendAfter) else {
      throw ValidationError("--suspend-after: expected 0 to 1000000 contacts, found \(suspendAfter)")
    }
  }
}

/// Whether edited policy files are accepted automatically.
struct PinningOptions: ParsableArguments {
  @Flag(help: "Ignore edited policy files; only `usher policy` commands change policies.") var pinned = false
}

/// The output format of lists.
struct FormatOptions: ParsableArguments {
  @Option(name: .long, help: "Output format: table, json or csv.")
  var format = ListingFormat.table
}

/// The format and the destination of a report.
struct ReportOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv, html }

  @Option(name: .long, help: "Output format: table, json, csv or html.")
  var format = Format.table
  @Option(
    help: ArgumentHelp("Write to this file; default: standard output.", valueName: "file"))
  var out: OutputPath?

  /// The format for a report that has no HTML page; `table` for html.
  var listing: ListingFormat { ListingFormat(rawValue: format.rawValue) ?? .table }

  /// The columns of the terminal that shows the report; nil if it goes elsewhere.
  var columns: Int? { out == nil ? TerminalOutput.outputColumns : nil }

  /// The report in the requested format; `page` is called for HTML only.
  func text(_ report: some Representation, page: () -> Page) -> String {
    format == .html ? page().html : report.text(listing, columns: columns)
  }

  /// Call it before the report is made, so that an unusable path is refused at once.
  func check(_ store: StoreOptions) throws { try out?.check(store: try store.file()) }

  /// A report may contain personal data, so its file is private.
  func open(_ store: StoreOptions) throws -> ReportOutput {
    let store = try store.file()
    return try ReportOutput(path: out?.path, mode: .personal(store: store), store: store)
  }
}

/// The option that names the file of the gateway `log`.
struct SendOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The file to which the gateway 'log' writes messages, one JSON object per line; - is standard output; default: STORE.sent.jsonl.",
      valueName: "file"))
  var sent: OutputPath?

  var messages: ServiceOptions.SentMessages {
    guard let path = sent?.path else { return .besideStore }
    return path == "-" ? .standardOutput : .file(path)
  }
}

/// A time on the command line, such as 2026-11-22T09:00:00Z.
struct InstantArgument: ExpressibleByArgument {
  let instant: Instant
  init?(argument: String) {
    guard let instant = Instant(rfc3339: argument) else { return nil }
    self.instant = instant
  }
  static var help: String { "a time such as 2026-11-22T09:00:00Z" }
}

/// A duration on the command line: `24h`, `30m`, `7d`.
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

/// The machine's clock. Only `HeartbeatTime` reads a clock too: for the age of heartbeats and the waiting time of a hold.
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

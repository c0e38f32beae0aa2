import ArgumentParser
import Foundation
import Operations
import Representations
import Routing
import Wire

struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Keep the store small, and archives readable.",
    discussion: """
        # decisions of more than 30 days go to an archive
        usher store prune --keep 30d
      """, subcommands: [StorePruneCommand.self, StoreUpgradeCommand.self, StoreForgetBackupCommand.self])
}

struct StorePruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Move old decisions to an archive that can still be replayed.",
    discussion: """
      The archive is a store to read: `usher replay --store ARCHIVE` proves what is in it. It is on disk and was read back
      before anything is deleted. Messages, attempts and assignments stay, as does what they refer to. Works beside a
      running `serve`; after an interruption the same command goes on.

        usher store prune --keep 30d
        usher store prune --keep 30d --archive usher-october.db --dry-run
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @Option(help: ArgumentHelp("How long decisions stay in the store: 30d, 12h.", valueName: "time")) var keep:
    SpanArgument
  @Option(
    help: ArgumentHelp(
      "The file that the older ones go to; without it STORE.decisions-UNTIL.db. One that exists must hold them already.",
      valueName: "file"))
  var archive: OutputPath?
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?
  @Option(
    help: ArgumentHelp(
      "What --keep counts back from, as in 2026-11-22T09:00:00Z; without it the machine's time.", valueName: "time"))
  var now: InstantArgument?
  @Flag(name: .customLong("dry-run"), help: "Say what would be done; write nothing.") var dryRun = false

  /// How long others can write between two transactions; microseconds.
  private static let pause: UInt32 = 10_000

  func validate() throws {
    guard keep.seconds > 0 else {
      throw ValidationError("--keep: expected a time above 0, such as 30d or 12h, found 0")
    }
  }

  func run() throws {
    let file = try store.file()
    let now = now?.instant ?? SystemClock().now()
    let until = now.advanced(bySeconds: -keep.seconds)
    guard until > .earliest else {
      throw Problem(.invalidInput, "--keep: expected a time after the year 1, found an earlier one")
    }
    let options = PruneOptions(
      until: until, tenant: tenant.map(TenantID.init(stored:)), archive: archive?.path ?? Self.archive(of: file, until),
      actor: who.actor, reason: who.reason, now: now)
    let report: PruneReport
    if dryRun {
      report = try store.openToRead().pruneForeseen(until: until, tenant: options.tenant)
    } else {
      let progress = Progress("decisions")
      defer { progress.end() }
      report = try store.openToWrite(as: who.actor).prune(
        options, pause: { usleep(Self.pause) }, progress: progress.show)
    }
    let talk = PruneTalk(report, options, isDryRun: dryRun)
    if format.format == .json { Talk.put(talk.json) } else { Talk.put(talk.listing, format.format) }
    if format.format == .table { Talk.say(talk.sentence(store: file)) }
  }

  /// `usher.db.decisions-2026-10-26T09-30-00Z.db`
  private static func archive(of store: String, _ until: Instant) -> String {
    let seconds = Instant(milliseconds: until.milliseconds - until.milliseconds % 1000)
    return "\(store).decisions-\(seconds.rfc3339.replacing(":", with: "-").replacing(".000", with: "")).db"
  }
}

/// What a pruning did.
struct PruneTalk {
  private let report: PruneReport
  private let options: PruneOptions
  private let isDryRun: Bool

  init(_ report: PruneReport, _ options: PruneOptions, isDryRun: Bool) {
    (self.report, self.options, self.isDryRun) = (report, options, isDryRun)
  }

  var json: String { JSONWriter(style: .pretty).string(.object(JSONObject(members))) + "\n" }

  var listing: Listing {
    let members = members
    var listing = Listing(members.map(\.0))
    listing.add(members.map(\.1))
    return listing
  }

  private var members: [(String, JSONValue)] {
    let archive: String? = report.isArchived ? options.archive : nil
    return [
      ("until", .string(options.until.rfc3339)), ("archived", JSONValue(report.archived)),
      ("deleted", JSONValue(report.deleted)), ("kept", JSONValue(report.kept)),
      ("fleet_records", JSONValue(report.fleetRecords)), ("history_rows", JSONValue(report.historyRows)),
      ("free_bytes_before", JSONValue(report.freeBytesBefore)), ("free_bytes_after", JSONValue(report.freeBytesAfter)),
      ("store_bytes", JSONValue(report.storeBytes)), ("archive_bytes", JSONValue(report.archiveBytes)),
      ("archive", JSONValue(archive)),
    ]
  }

  func sentence(store: String) -> String {
    if report.isNothing { return "nothing before \(options.until.rfc3339) is there to be pruned" }
    if isDryRun {
      return report.isArchived
        ? "nothing was written; \(report.archived) decisions would go to \(options.archive)"
        : "nothing was written; all of this is in earlier archives"
    }
    let freed = max(report.freeBytesAfter - report.freeBytesBefore, 0)
    let place =
      report.isContinued
      ? "\(options.archive) held them already; " : report.isArchived ? "they are in \(options.archive); " : ""
    return place + "\(freed) bytes were freed inside \(store) and are used again; the file stays as large as it is"
  }
}

import ArgumentParser
import Foundation
import Operations
import Representations
import Routing

struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Prune and upgrade stores, accept a clock, and delete old copies.",
    discussion: """
        # move decisions older than 30 days to an archive
        usher store prune --keep 30d
      """,
    subcommands: [
      StorePruneCommand.self, StoreClockCommand.self, StoreUpgradeCommand.self, StoreForgetBackupCommand.self,
    ])
}

struct StorePruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Move old decisions to an archive that can still be replayed.",
    discussion: """
      The archive is a read-only store; `usher replay --store ARCHIVE` verifies it. The command writes it to disk and
      reads it back before it deletes anything. Messages, attempts and assignments stay, with the rows that they refer
      to. The command can run alongside `serve`; after an interruption, run the same command again to continue.

        usher store prune --keep 30d
        usher store prune --keep 30d --archive usher-october.db --dry-run
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @Option(help: ArgumentHelp("The age up to which decisions stay in the store: 30d, 12h.", valueName: "duration"))
  var keep: SpanArgument
  @Option(
    help: ArgumentHelp(
      "The file for older decisions; default: STORE.decisions-UNTIL.db. If the file exists, it must be an archive that already contains them.",
      valueName: "file"))
  var archive: OutputPath?
  @Option(help: "Only this tenant.", completion: .tenants) var tenant: String?
  @Option(
    help: ArgumentHelp(
      "The time from which --keep counts back, such as 2026-11-22T09:00:00Z; default: now.", valueName: "time"))
  var now: InstantArgument?
  @Flag(name: .customLong("dry-run"), help: "Show what would be done, and write nothing.") var dryRun = false

  /// The pause between two transactions, in which other processes can write; microseconds.
  private static let pause: UInt32 = 10_000

  func validate() throws {
    guard keep.seconds > 0 else {
      throw ValidationError("--keep: expected a duration above 0, such as 30d or 12h, found 0")
    }
  }

  func run() throws {
    let file = try store.file()
    let pruning = try PruneStore(
      keepSeconds: keep.seconds, tenant: tenant.map(TenantID.init(stored:)), archive: archive?.path, ofStoreAt: file,
      by: who.note(at: now?.instant ?? SystemClock().now()))
    let report: PruneReport
    if dryRun {
      report = try pruning.preview(on: store.openToRead())
    } else {
      let progress = Progress("decisions")
      defer { progress.end() }
      report = try pruning.run(
        on: store.openToWrite(as: who.actor), pause: { usleep(Self.pause) }, progress: progress.show)
    }
    let shown = PruneStoreReport(report, pruning.options, isDryRun: dryRun)
    TerminalOutput.write(shown, format.format)
    if format.format == .table { TerminalOutput.note(shown.sentence(store: file)) }
  }
}

import ArgumentParser
import Foundation
import Operations
import Representations
import Routing

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

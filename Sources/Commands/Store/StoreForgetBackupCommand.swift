import ArgumentParser
import Operations
import Representations

struct StoreForgetBackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget-backup", abstract: "List or delete the copies made before upgrades.",
    discussion: """
      Before a newer usher changes a store's schema, it copies the store to STORE.before-N. A copy contains phone numbers,
      takes as much space as the store, and is deleted after 30 days. Without --yes the command lists the copies. With --yes
      it deletes all of them; then there is no way back to the earlier version.

        usher store forget-backup
        # the new version works
        usher store forget-backup --yes --reason 'two weeks without trouble'
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var asked: OperatorOptions
  @Flag(help: "Delete the copies; requires --reason.") var yes = false

  func validate() throws {
    if yes { _ = try asked.expectedReason(for: ForgetMigrationCopies.action) }
  }

  func run() throws {
    let store = try yes ? store.openToWrite(as: asked.actor) : store.openToRead()
    let copies =
      try yes ? ForgetMigrationCopies().run(on: store, by: asked.note()) : MigrationCopiesQuery().run(on: store)
    TerminalOutput.write(MigrationCopiesReport(copies), format.format)
    guard format.format == .table else { return }
    if copies.isEmpty { return TerminalOutput.note("\(store.path) has no copy from before an upgrade") }
    TerminalOutput.note(yes ? "deleted" : "nothing was deleted; use --yes --reason TEXT to delete all of these")
  }
}

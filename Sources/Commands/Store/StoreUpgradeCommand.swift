import ArgumentParser
import Operations

struct StoreUpgradeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade", abstract: "Bring a store or an archive of an earlier version to this one.",
    discussion: """
      A store is upgraded by the first command that writes to it, such as `usher tick`, or by this one. Before that it is
      copied to STORE.before-N, where N is its version; `usher store forget-backup` lists and deletes such copies. Nothing
      writes to an archive, so only this command upgrades it. An archive's file is replaced once its copy is complete.
      Either needs as much free space as the file is large.

        usher store upgrade --store old.db
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var who: OperatorOptions

  func run() throws {
    let path = try store.file()
    let result = try UpgradeStore(at: path).run(by: who.note(), waits: { TerminalOutput.note($0) })
    for notice in result.notices { TerminalOutput.note(notice) }
    if result.versionBefore == result.version {
      TerminalOutput.note("\(path) has version \(result.version) already, the newest that this usher knows")
    } else if result.notices.isEmpty {
      TerminalOutput.note("upgraded \(path) from version \(result.versionBefore) to \(result.version)")
    }
  }
}

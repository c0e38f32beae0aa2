import ArgumentParser
import Operations

struct StoreUpgradeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade", abstract: "Upgrade a store or an archive of an earlier version.",
    discussion: """
      The first command that writes to a store, such as `usher tick`, upgrades it; so does this one. The store is first
      copied to STORE.before-N, where N is its version; `usher store forget-backup` lists and deletes such copies.
      Nothing else writes to an archive, so only this command upgrades it; its file is replaced once the upgraded copy
      is complete. An upgrade needs as much free space as the size of the file.

        usher store upgrade --store old.db
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var who: OperatorOptions

  func run() throws {
    let path = try store.file()
    let result = try UpgradeStore(at: path).run(by: who.note(), waits: { TerminalOutput.note($0) })
    for notice in result.notices { TerminalOutput.note(notice) }
    if result.versionBefore == result.version {
      TerminalOutput.note("\(path) already has version \(result.version), the newest that this usher supports")
    } else if result.notices.isEmpty {
      TerminalOutput.note("upgraded \(path) from version \(result.versionBefore) to \(result.version)")
    }
  }
}

import ArgumentParser
import Persistence

struct StoreUpgradeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade", abstract: "Bring a store or an archive of an earlier version to this one.",
    discussion: """
      A store is upgraded by whatever writes to it first, `usher tick` among others; nothing writes to an archive, so it is
      upgraded with this. An archive's file is replaced once its copy is complete: it needs as much room beside it.

        usher store upgrade --store old.db
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var who: OperatorOptions

  func run() throws {
    let path = try store.file()
    let before = try SQLiteStore.upgrade(at: path, by: who.note(at: SystemClock().now()))
    let now = SQLiteStore.version
    Talk.say(
      before == now
        ? "\(path) is of version \(now), which is this usher's"
        : "\(path) was of version \(before) and is of version \(now)")
  }
}

import ArgumentParser
import Routing
import Stores

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
    let (before, notices) = try Stores.upgrade(
      path, by: who.note(at: SystemClock().now()), waits: { Talk.say($0) })
    let now = Stores.version
    for notice in notices { Talk.say(notice) }
    if before == now {
      Talk.say("\(path) has version \(now) already, the newest that this usher knows")
    } else if notices.isEmpty {
      Talk.say("upgraded \(path) from version \(before) to \(now)")
    }
  }
}

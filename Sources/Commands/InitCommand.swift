import ArgumentParser
import Persistence
import Routing

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Create a store.",
    discussion: """
      With --sample the new store holds two tenants with devices, leads and sequences that show every shipped policy.

      A store and the files beside it hold phone numbers: only their owner can read them, whatever the umask. With
      --group-readable the group can read them too. `chmod 600` or `chmod 640` changes this later; what is made after
      that follows.

        usher init --store mine.db
        # something to try things on
        usher init --sample --store try.db
        # one that the group of its folder may read: reports, `usher top`, backups
        usher init --group-readable --store shared.db
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var who: OperatorOptions
  @Flag(help: "Fill the store with two tenants to try things on.") var sample = false
  @Flag(name: .customLong("group-readable"), help: "Let the store's group read it and its files.")
  var isGroupReadable = false

  func run() throws {
    let file = try store.file()
    let now = SystemClock().now()
    let made = try SQLiteStore.create(at: file, isGroupReadable: isGroupReadable)
    try made.recordCreation(by: who.note(at: now), isSample: sample)
    guard sample else {
      Talk.say("created \(file); next: usher import FILE --store \(file)")
      return
    }
    let result = try Sample.load(into: made, at: now)
    Talk.say("created \(file) with \(result.lineCount) lines of sample data; next: usher tick --store \(file)")
  }
}

import ArgumentParser
import Persistence
import Routing

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Create a store.",
    discussion: """
      With --sample the new store holds two tenants with devices, leads and sequences that show every shipped policy.

        usher init --store mine.db
        # something to try things on
        usher init --sample --store try.db
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var who: OperatorOptions
  @Flag(help: "Fill the store with two tenants to try things on.") var sample = false

  func run() throws {
    let file = try store.file()
    let now = SystemClock().now()
    let made = try SQLiteStore.create(at: file)
    try made.recordCreation(by: who.note(at: now), isSample: sample)
    guard sample else {
      Talk.say("created \(file); next: usher import FILE --store \(file)")
      return
    }
    let result = try Sample.load(into: made, at: now)
    Talk.say("created \(file) with \(result.lineCount) lines of sample data; next: usher tick --store \(file)")
  }
}

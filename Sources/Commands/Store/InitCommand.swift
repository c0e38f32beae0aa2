import ArgumentParser
import Files
import Routing
import Stores

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
    let leftovers = StoreFiles.existing(of: file).dropFirst()
    let made = try Stores.create(file, isGroupReadable: isGroupReadable)
    try made.recordCreation(by: who.note(at: now), isSample: sample)
    say(leftovers: Array(leftovers), of: file)
    guard sample else {
      Talk.say("created \(file); next: usher import FILE --store \(file)")
      return
    }
    let result = try Sample.load(into: made, at: now)
    Talk.say("created \(file) with \(result.lineCount) lines of sample data; next: usher tick --store \(file)")
  }

  /// The new store takes over what an earlier one of its name left.
  private func say(leftovers: [String], of store: String) {
    guard !leftovers.isEmpty else { return }
    Talk.say("found files of an earlier store beside \(store): \(leftovers.joined(separator: ", "))")
    if leftovers.contains(where: { $0.hasSuffix(StoreFiles.hold) }) {
      Talk.say("\(store)\(StoreFiles.hold) puts the new store on hold: `usher release` ends that")
    }
  }
}

import ArgumentParser
import Operations
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
    let creation = CreateStore(at: file, isGroupReadable: isGroupReadable, sample: sample ? Sample.lines : nil)
    let result = try creation.run(by: who.note())
    if !result.leftovers.isEmpty {
      TerminalOutput.note("found files of an earlier store beside \(file): \(result.leftovers.joined(separator: ", "))")
    }
    if result.isOnHold {
      TerminalOutput.note("\(Stores.holdFile(of: file)) puts the new store on hold: `usher release` ends that")
    }
    guard let lines = result.sampleLines else {
      return TerminalOutput.note("created \(file); next: usher import FILE --store \(file)")
    }
    TerminalOutput.note("created \(file) with \(lines) lines of sample data; next: usher tick --store \(file)")
  }
}

import ArgumentParser
import Operations
import Stores

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Create a store.",
    discussion: """
      With --sample the new store contains two tenants whose devices, leads and sequences demonstrate every shipped policy.

      A store and its files contain phone numbers: only their owner can read them, whatever the umask. --group-readable lets
      the group read them too. `chmod 600` or `chmod 640` on the store changes this later; files created afterwards get the
      same mode.

        usher init --store mine.db
        # a store to experiment with
        usher init --sample --store try.db
        # readable by the group of its folder, for reports, `usher top` and backups
        usher init --group-readable --store shared.db
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var who: OperatorOptions
  @Flag(help: "Fill the store with two sample tenants.") var sample = false
  @Flag(name: .customLong("group-readable"), help: "Let the store's group read it and its files.")
  var isGroupReadable = false

  func run() throws {
    let file = try store.file()
    let creation = CreateStore(at: file, isGroupReadable: isGroupReadable, sample: sample ? Sample.lines : nil)
    let result = try creation.run(by: who.note())
    if !result.leftovers.isEmpty {
      TerminalOutput.note(
        "found files of an earlier store next to \(file): \(result.leftovers.joined(separator: ", "))")
    }
    if result.isOnHold {
      TerminalOutput.note("\(Stores.holdFile(of: file)) puts the new store on hold; `usher release` ends the hold")
    }
    guard let lines = result.sampleLines else {
      return TerminalOutput.note("created \(file); next: usher import FILE --store \(file)")
    }
    TerminalOutput.note("created \(file) with \(lines) lines of sample data; next: usher tick --store \(file)")
  }
}

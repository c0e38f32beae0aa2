import ArgumentParser
import Operations
import Representations

struct PolicyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List each tenant's live policies, canaries and shadows, and refused or held files.",
    discussion: """
        usher policy list
        usher policy list --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let catalog = try FindRules(nil, store: try store.file()).run()
    let store = try store.openToRead()
    let list = try PolicyListQuery().run(on: store, catalog: catalog)
    TerminalOutput.write(PolicyListReport(list), format.format)
    if list.isPinned {
      TerminalOutput.note(
        "the current or last process is pinned: edited files take effect only with `usher policy activate`")
    }
    try HoldNotice.say(store)
  }
}

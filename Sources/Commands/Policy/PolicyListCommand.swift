import ArgumentParser
import Operations
import Representations

struct PolicyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "The policies that decide for each tenant, what is tried, and the files that were not taken.",
    discussion: """
        usher policy list
        usher policy list --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.openToRead()
    let list = try PolicyListQuery().run(on: store)
    TerminalOutput.write(PolicyListReport(list), format.format)
    if list.isPinned {
      TerminalOutput.note(
        "the process that runs, or ran last, is pinned: edited files wait for `usher policy activate`")
    }
    try HoldNotice.say(store)
  }
}

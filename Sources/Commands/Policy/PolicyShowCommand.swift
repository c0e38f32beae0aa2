import ArgumentParser
import Operations
import Representations

struct PolicyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a revision: source, parameters, who activated it, and its decisions.",
    discussion: """
      Name the revision by the beginning of its digest, as `usher policy list` and `history` show it.

        usher policy show 6fca90b0
        usher policy show 6fca90b0 --source > fallback.lua
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Argument(help: ArgumentHelp("The beginning of the revision's digest.", valueName: "revision")) var revision: String
  @Flag(help: "Print only the source.") var source = false

  func run() throws {
    let store = try store.openToRead()
    let show = ShowRevision(revision)
    if source { return TerminalOutput.write(try show.revision(in: store).source) }
    TerminalOutput.write(RevisionText(try show.run(on: store)), format.format)
  }
}

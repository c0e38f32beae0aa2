import Terminal
import Wire

/// The error for a wrong command line: an unknown command or option with the nearest one, or else the error of the argument
/// parser.
///
/// The parser reports a mistyped option only if no argument is missing, and never a mistyped command.
struct WrongUsage {
  private let what: String
  private let page: CommandPage

  /// `message` is the parser's.
  init(_ arguments: [String], message: String, root: CommandPage = .root) {
    let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
    let (page, stranger) = root.page(for: words)
    self.page = page
    if let stranger {
      let nearest = EditDistance.nearest(to: stranger, among: page.subcommands.compactMap(\.path.last))
      what =
        "there is no command '\(page.name) \(stranger)'"
        + (nearest.map { "; the nearest is '\(page.name) \($0)'" } ?? "")
      return
    }
    let known = page.arguments.flatMap(\.names)
    let options = words.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }
    guard let unknown = options.first(where: { !known.contains($0) && !WrongUsage.hidden.contains($0) }) else {
      what = RefusedValue(message, on: page)?.message ?? message
      return
    }
    if let name = WrongUsage.renamed[page.name]?[unknown] {
      what = "`\(page.name)` has no option '\(unknown)': it is now called '\(name)'"
      return
    }
    // The leading dashes are not compared, since every option has them.
    let bare = known.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) }
    let nearest = EditDistance.nearest(to: String(unknown.dropFirst(2)), among: bare)
    what = "`\(page.name)` has no option '\(unknown)'" + (nearest.map { "; the nearest is '--\($0)'" } ?? "")
  }

  /// Options that an earlier version had under other names, by command.
  private static let renamed = ["usher policy activate": ["--guard": "--rollback-when"]]

  /// What the parser takes without showing it.
  private static let hidden = [
    "--version", "--help-hidden", "--generate-completion-script", "--experimental-dump-help",
  ]

  var text: StyledText {
    let lists = page.subcommands.isEmpty ? "its options" : "its commands"
    return StyledText("usher:", .bad)
      + " \(what)\nUsage: \(page.usage)\n`\(page.name) --help` lists \(lists), with examples"
  }
}

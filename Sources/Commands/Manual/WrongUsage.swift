import Terminal
import Wire

/// What is wrong with a command line: a command or an option that does not exist, with the one that was probably meant, or
/// else what the parser of arguments found.
///
/// The parser tells of a mistyped option only when nothing else is missing, and never of a mistyped command.
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
      what = message
      return
    }
    if let name = WrongUsage.renamed[page.name]?[unknown] {
      what = "`\(page.name)` has no option '\(unknown)': it is now called '\(name)'"
      return
    }
    // Compared without the dashes, which are alike in all of them.
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

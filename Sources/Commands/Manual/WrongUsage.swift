import Terminal
import Wire

/// A command or an option that does not exist, and the one that was probably meant.
///
/// The parser of arguments tells of a mistyped option only when nothing else is missing, and never of a mistyped command.
struct WrongUsage {
  private let what: String
  private let nearest: String?
  private let page: CommandPage

  /// Nil when every name exists: then something else is wrong.
  init?(_ arguments: [String], root: CommandPage = .root) {
    var words = arguments[...]
    let asksForHelp = words.first == "help"
    if asksForHelp { words = words.dropFirst() }
    let (page, stranger) = root.page(for: words)
    self.page = page
    if let stranger {
      what = "there is no command '\(page.name) \(stranger)'"
      nearest = EditDistance.nearest(to: stranger, among: page.subcommands.compactMap(\.path.last))
        .map { "\(page.name) \($0)" }
      return
    }
    guard !asksForHelp else { return nil }
    let known = page.arguments.flatMap(\.names)
    let options = words.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
      .map { String($0.prefix { $0 != "=" }) }
    guard let unknown = options.first(where: { !known.contains($0) && !WrongUsage.hidden.contains($0) }) else { return nil }
    what = "`\(page.name)` has no option '\(unknown)'"
    // Without the dashes, which are alike in all of them.
    nearest = EditDistance.nearest(to: String(unknown.dropFirst(2)), among: known.map { String($0.drop { $0 == "-" }) })
      .flatMap { name in known.first { $0 == "--" + name } }
  }

  /// What the parser takes without showing it.
  private static let hidden = [
    "--version", "--help-hidden", "--generate-completion-script", "--experimental-dump-help",
  ]

  var text: StyledText {
    var text = StyledText("usher:", .bad) + " \(what)"
    if let nearest { text += "; the nearest is '\(nearest)'" }
    return text + "\n`\(page.name) --help` lists \(page.subcommands.isEmpty ? "its options" : "its commands"), with examples"
  }
}

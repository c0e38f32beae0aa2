import Terminal

/// The text of `--help`: what a command does, its options, and examples at the end, where a reader looks first.
struct HelpScreen {
  /// The widest line, however wide the terminal is: longer lines are hard to read.
  static let widthMax = 100
  /// The column at which descriptions begin.
  private static let column = 24

  private let page: CommandPage
  private let width: Int

  init(_ page: CommandPage, columns: Int) { (self.page, width) = (page, max(40, min(columns, HelpScreen.widthMax))) }

  var text: StyledText {
    var parts = [StyledText(page.name, .strong) + ": " + wrapped(page.abstract, after: page.name.count + 2)]
    parts += page.paragraphs.map { wrapped($0) }
    parts.append(section("Usage", [StyledText(usage)]))
    let positional = page.arguments.filter { $0.kind == .positional }
    if !positional.isEmpty { parts.append(section("Arguments", positional.map { line($0.label, $0.description) })) }
    for group in page.groups {
      parts.append(section(group.title ?? "Commands", group.pages.map { line($0.path.last ?? "", $0.abstract) }))
    }
    let options = page.arguments.filter { $0.kind != .positional }
    parts.append(section("Options", options.map { line($0.label, $0.description) }))
    if !page.examples.isEmpty { parts.append(section("Examples", page.examples.map(example))) }
    if !page.subcommands.isEmpty { parts.append(wrapped("`\(page.name) <command> --help` describes each command.")) }
    if page.path.count == 1 {
      parts.append(
        wrapped("Exit codes: 0 success, 1 failure, 2 differences found, 64 wrong usage."))
    }
    return parts.dropFirst().reduce(parts[0]) { $0 + "\n" + $1 }
  }

  /// Breaks between arguments, never inside one.
  private var usage: String { hanging(page.usageParts, end: "") }

  /// Parts that stay whole, in indented lines; each but the last ends with `end`.
  private func hanging(_ parts: [String], end: String) -> String {
    let unbroken = parts.map { $0.replacing(" ", with: "\u{A0}") }.joined(separator: " ")
    let lines = Wrapping.lines(unbroken, width: width - 6 - end.count, after: -4)
    return "  " + lines.joined(separator: end + "\n      ").replacing("\u{A0}", with: " ") + "\n"
  }

  private func section(_ title: String, _ lines: [StyledText]) -> StyledText {
    lines.reduce(StyledText(title, .heading) + "\n", +)
  }

  private func line(_ label: String, _ description: String) -> StyledText {
    let indent = String(repeating: " ", count: HelpScreen.column)
    let lines = Wrapping.lines(description, width: width - HelpScreen.column)
    let head = "  " + label
    let fits = head.count + 2 <= HelpScreen.column
    let first = fits ? head + String(indent.dropFirst(head.count)) : head + "\n" + indent
    return StyledText(first + lines.joined(separator: "\n" + indent) + "\n")
  }

  /// An example that is too long for a line breaks as a shell reads it: it is there to be copied.
  private func example(_ example: CommandExample) -> StyledText {
    let purpose = example.purpose.map { text in
      StyledText(Wrapping.lines(text, width: width - 4).map { "  # \($0)\n" }.joined(), .faint)
    }
    let isShort = DisplayWidth.of(example.line) + 2 <= width
    return (purpose ?? StyledText())
      + StyledText(isShort ? "  \(example.line)\n" : hanging(example.parts, end: " \\"))
  }

  private func wrapped(_ text: String, after used: Int = 0) -> StyledText {
    StyledText(Wrapping.lines(text, width: width, after: used).joined(separator: "\n") + "\n")
  }
}

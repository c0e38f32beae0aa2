import ArgumentParser
import Terminal
import Wire

/// Everything known about a command: the one source of its help screen and its manual page.
struct CommandPage {
  struct Group {
    /// The heading of the group; nil for commands without groups.
    let title: String?
    let pages: [CommandPage]
  }

  /// `usher`, `device`, `pause`.
  let path: [String]
  let abstract: String
  let paragraphs: [String]
  let examples: [CommandExample]
  let arguments: [CommandArgument]
  let groups: [Group]
  let type: any ParsableCommand.Type

  var name: String { path.joined(separator: " ") }
  var subcommands: [CommandPage] { groups.flatMap(\.pages) }
  /// This page and all pages below it.
  var all: [CommandPage] { [self] + subcommands.flatMap(\.all) }

  /// The program's page, with the pages of its commands below it.
  static let root: CommandPage = {
    guard case .object(let dump)? = try? JSONParser.parse(Array(UsherProgram._dumpHelp().utf8)),
      let command = dump["command"]
    else { preconditionFailure("the parser of arguments describes itself in JSON") }
    return CommandPage(UsherProgram.self, above: [], dumped: command)
  }()

  private init(_ type: any ParsableCommand.Type, above: [String], dumped json: JSONValue) {
    let configuration = type.configuration
    let path = above + [type._commandName]
    let parts = CommandExample.parse(configuration.discussion)
    self.type = type
    self.path = path
    abstract = configuration.abstract
    (paragraphs, examples) = (parts.paragraphs, parts.examples)
    arguments = CommandPage.arguments(CommandPage.member("arguments", of: json), isRoot: above.isEmpty)
    let below = CommandPage.member("subcommands", of: json)
    let page = { (subcommand: any ParsableCommand.Type) -> CommandPage? in
      guard subcommand.configuration.shouldDisplay else { return nil }
      let dumped = below.first { CommandPage.text("commandName", of: $0) == subcommand._commandName }
      return dumped.map { CommandPage(subcommand, above: path, dumped: $0) }
    }
    let groups =
      [Group(title: nil, pages: configuration.ungroupedSubcommands.compactMap(page))]
      + configuration.groupedSubcommands.map { Group(title: $0.name, pages: $0.subcommands.compactMap(page)) }
    self.groups = groups.filter { !$0.pages.isEmpty }
  }

  /// Follows `words` as far as they name commands. Returns the page and the first word that should name a command but does not.
  func page(for words: some Collection<String>) -> (page: CommandPage, stranger: String?) {
    guard let word = words.first, !word.hasPrefix("-"), !subcommands.isEmpty else { return (self, nil) }
    guard let next = subcommands.first(where: { $0.path.last == word }) else { return (self, word) }
    return next.page(for: words.dropFirst())
  }

  /// `usher device pause <device> --tenant <tenant> --minutes <minutes> [options]`: what cannot be left out.
  var usage: String { usageParts.joined(separator: " ") }

  /// The usage in parts that belong on one line each: the name, `--tenant <tenant>`, `[options]`.
  var usageParts: [String] {
    guard subcommands.isEmpty else { return [name, "<command>"] }
    let needed = arguments.compactMap { argument -> String? in
      let label = argument.label + (argument.isRepeating ? "…" : "")
      if argument.isOptional { return argument.kind == .positional ? "[\(label)]" : nil }
      return label
    }
    return [name] + needed + ["[options]"]
  }

  /// Options that every command accepts anywhere, although the parser knows them for the program alone.
  private static func common(_ isRoot: Bool) -> [CommandArgument] {
    let colour = CommandArgument(
      kind: .option, names: ["--color"], value: "when", abstract: "When to use colours: auto, always or never.",
      defaultValue: Colours.Choice.auto.rawValue, values: Colours.Choice.allCases.map(\.rawValue))
    let version = CommandArgument(kind: .flag, names: ["--version"], value: nil, abstract: "Show the version.")
    let help = CommandArgument(kind: .flag, names: ["-h", "--help"], value: nil, abstract: "Show this help.")
    return [colour] + (isRoot ? [version] : []) + [help]
  }

  private static func arguments(_ dumped: [JSONValue], isRoot: Bool) -> [CommandArgument] {
    var arguments: [CommandArgument] = []
    let common = common(isRoot)
    let replaced = Set(common.flatMap(\.names) + ["--version"])
    for argument in dumped.compactMap(CommandArgument.init(dumped:)) where replaced.isDisjoint(with: argument.names) {
      // The parser has a flag and its inversion as two arguments; help shows them as one.
      if let last = arguments.last, last.kind == .flag, argument.kind == .flag, last.abstract == argument.abstract,
        !last.abstract.isEmpty
      {
        arguments[arguments.count - 1].names += argument.names
      } else {
        arguments.append(argument)
      }
    }
    return arguments.filter { $0.kind == .positional } + arguments.filter { $0.kind != .positional } + common
  }

  private static func member(_ key: String, of json: JSONValue) -> [JSONValue] {
    guard case .object(let object) = json, case .array(let items)? = object[key] else { return [] }
    return items
  }

  private static func text(_ key: String, of json: JSONValue) -> String? {
    guard case .object(let object) = json, case .string(let text)? = object[key] else { return nil }
    return text
  }
}

import ArgumentParser
import Foundation
import RoutingTestKit
import Testing

@testable import Commands

/// The pages for operators show commands that this program accepts, and incidents that work.
struct OperationsPageTests {
  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func page(_ name: String) throws -> String {
    try String(contentsOf: repository.appendingPathComponent("Docs/\(name).md"), encoding: .utf8)
  }

  @Test(arguments: [("Operations", 20), ("PoliciesInProduction", 20), ("Drills", 15)])
  func `the program accepts every command of the page`(name: String, atLeast count: Int) throws {
    let commands = ShellLine.commands(in: try Self.page(name))
    #expect(commands.count >= count)
    for words in commands {
      #expect(throws: Never.self, "usher \(words.joined(separator: " "))") { try UsherProgram.parseAsRoot(words) }
    }
  }

  @Test(.enabled(if: SQLiteShell.path != nil, "the shell `sqlite3` is not installed: the incidents were not run"))
  func `every command of the incidents prints what the page shows`() throws {
    let folder = TestFolder()
    try FileManager.default.createDirectory(atPath: folder.file("Examples"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Self.repository.appendingPathComponent("Examples/tutorial").path,
      toPath: folder.file("Examples/tutorial"))
    let page = ConsolePage(try Self.page("Drills"))
    #expect(page.commands.count >= 20)
    for difference in try page.run(in: folder) { Issue.record("Docs/Drills.md, \(difference)") }
  }

  @Test func `commands are found in sh and console blocks, between quotes, pipes and comments`() {
    let page = """
      `usher not a block`
      ```sh
      usher hold --reason 'a "b" | c'   # a comment
      */5 * * * * report=$(usher health --expect-daemon) || echo "$report"
      usher check a.lua && usher test new/ > out.txt
      ```
      ```console
      $ usher tick \\
          --now +2h | cut -d, -f2
      usher: a message
      ```
      ```lua
      usher no
      ```
      """
    #expect(
      ShellLine.commands(in: page) == [
        ["hold", "--reason", "a \"b\" | c"], ["health", "--expect-daemon"], ["check", "a.lua"], ["test", "new/"],
        ["tick", "--now", "+2h"],
      ])
  }
}

/// Splits the lines of a page into commands and words as a shell does, as far as the pages need it: quotes, pipes,
/// lists, substitutions, redirections and comments; no variables.
private enum ShellLine {
  /// The arguments of each `usher` command in the page's `sh` and `console` blocks, in order.
  static func commands(in page: String) -> [[String]] {
    var (commands, language, line) = ([[String]](), String?.none, "")
    for raw in page.components(separatedBy: "\n") {
      if raw.hasPrefix("```") {
        language = language == nil ? String(raw.dropFirst(3)) : nil
        continue
      }
      guard let language, ["sh", "console"].contains(language) else { continue }
      if line.isEmpty, language == "console", !raw.hasPrefix("$ ") { continue }
      line += line.isEmpty && language == "console" ? String(raw.dropFirst(2)) : raw
      if line.hasSuffix("\\") {
        line.removeLast()
        continue
      }
      commands += split(line)
      line = ""
    }
    return commands
  }

  /// The `usher` commands of one line, without the program's name.
  private static func split(_ line: String) -> [[String]] {
    var (commands, words, word, quote) = ([[String]](), [String](), "", Character?.none)
    func endWord() {
      if !word.isEmpty { words.append(word) }
      word = ""
    }
    func endCommand() {
      endWord()
      if words.first == "usher" { commands.append(Array(words.dropFirst())) }
      words = []
    }
    characters: for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
        continue
      }
      switch character {
      case "'", "\"": quote = character
      case " ": endWord()
      case "#" where word.isEmpty: break characters
      case "|", "&", ";", "(", ")", "<": endCommand()
      case ">":
        // The name of a file follows, and no further argument.
        endCommand()
      default: word.append(character)
      }
    }
    endCommand()
    return commands
  }
}

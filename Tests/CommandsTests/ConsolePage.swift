import Foundation
import RoutingTestKit
import Testing

/// A page of documentation whose `console` blocks run literally, in one folder, from top to bottom.
///
/// A line that begins with `$ ` is a bash command, with `usher` as the program under test; a line that ends in `\`
/// continues in the next. The following lines are the expected output of both streams. `…` alone matches any lines, at
/// the end of a line the rest of it.
struct ConsolePage {
  struct Command {
    let text: String
    let expected: [String]
    /// The line of the `$`, from 1.
    let line: Int
  }

  let commands: [Command]

  init(_ markdown: String) {
    var commands: [Command] = []
    var (isConsole, command, expected, place) = (false, String?.none, [String](), 0)
    func end() {
      if let text = command { commands.append(Command(text: text, expected: expected, line: place)) }
      (command, expected) = (nil, [])
    }
    for (index, raw) in markdown.components(separatedBy: "\n").enumerated() {
      if raw.hasPrefix("```") {
        end()
        isConsole = raw == "```console"
      } else if isConsole, let text = command, text.hasSuffix("\\") {
        command = text.dropLast() + raw
      } else if isConsole, raw.hasPrefix("$ ") {
        end()
        (command, place) = (String(raw.dropFirst(2)), index + 1)
      } else if isConsole {
        expected.append(raw)
      }
    }
    self.commands = commands
  }

  /// Runs the commands in order. Returns the position and both texts for each command whose output differs.
  func run(in folder: TestFolder) throws -> [String] {
    let program = folder.file(".bin/usher")
    try FileManager.default.createDirectory(atPath: folder.file(".bin"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: program, withDestinationPath: UsherProcess.program)
    let path = folder.file(".bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    return try commands.compactMap { command in
      let process = try UsherProcess(
        ["-c", command.text + " 2>&1"], environment: ["PATH": path, "USER": "ops", "NO_COLOR": "1"],
        in: folder.path, program: ("/bin/bash", []))
      var said = try process.end().text.components(separatedBy: "\n")
      if said.last == "" { said.removeLast() }
      if ConsolePage.matches(said[...], command.expected[...]) { return nil }
      return "line \(command.line): $ \(command.text)\n--- expected\n\(command.expected.joined(separator: "\n"))\n"
        + "--- found\n\(said.joined(separator: "\n"))"
    }
  }

  private static func matches(_ said: ArraySlice<String>, _ expected: ArraySlice<String>) -> Bool {
    guard let pattern = expected.first else { return said.isEmpty }
    if pattern == "…" {
      return (said.startIndex...said.endIndex).contains { matches(said[$0...], expected.dropFirst()) }
    }
    guard let line = said.first else { return false }
    let agrees = pattern.hasSuffix("…") ? line.hasPrefix(pattern.dropLast()) : line == pattern
    return agrees && matches(said.dropFirst(), expected.dropFirst())
  }
}

struct ConsolePageTests {
  @Test func `the output of a command is compared with the page line by line`() throws {
    let page = ConsolePage(
      """
      ```console
      $ printf 'one\\ntwo\\nthree\\n'
      one
      …
      three
      $ printf 'a long line\\n' \\
          && echo more
      a long…
      more
      $ echo wrong >&2
      right
      ```
      ```sh
      $ exit 1
      ```
      """)
    let wrong = try page.run(in: TestFolder())
    #expect(page.commands.count == 3)
    #expect(wrong.count == 1)
    #expect(wrong.first?.hasPrefix("line 10: $ echo wrong") == true)
  }
}

import Testing

@testable import Commands

/// What is said of a value that an option cannot take.
struct RefusedValueTests {
  private static let pages = CommandPage.root.all

  /// The parser's message about an argument, nil if it accepts the value `?x`.
  private static func refusal(of argument: CommandArgument, on page: CommandPage) -> String? {
    let value = argument.names.last.map { [$0, "?x"] } ?? ["?x"]
    do {
      _ = try UsherProgram.parseAsRoot(Array(page.path.dropFirst()) + value)
      return nil
    } catch {
      let message = UsherProgram.message(for: error)
      return message.contains("is invalid for") ? message : nil
    }
  }

  @Test func `every refused value is reported with what was expected and found`() throws {
    var count = 0
    for page in Self.pages where page.subcommands.isEmpty {
      for argument in page.arguments where argument.kind != .flag {
        guard let message = Self.refusal(of: argument, on: page) else { continue }
        count += 1
        let refused = try #require(RefusedValue(message, on: page), "\(page.name) \(argument.label): \(message)")
        #expect(refused.message.contains(": expected "), "\(page.name): \(refused.message)")
        #expect(refused.message.hasSuffix(", found '?x'"), "\(page.name): \(refused.message)")
      }
    }
    #expect(count > 50)
  }

  @Test(arguments: [
    (["tick", "--now", "yesterday"], "--now: expected a time such as 2026-11-22T09:00:00Z, found 'yesterday'"),
    (
      ["audit", "--since", "monday"],
      "--since: expected a duration such as 24h, or a time such as 2026-11-22T09:00:00Z, found 'monday'"
    ),
    (["tick", "--format", "tabel"], "--format: expected table, json or csv, found 'tabel'"),
    (["completions", "tcsh"], "<shell>: expected bash, zsh or fish, found 'tcsh'"),
    (["replay", "--limit", "it's many"], "--limit: expected a whole number, found 'it's many'"),
  ])
  func `a refused value is named with an example of a right one`(arguments: [String], expected: String) throws {
    let outcome = try UsherProcess.run(arguments)
    #expect(outcome.code == 64 && outcome.stderr.hasPrefix("usher: \(expected)\n"), "\(outcome)")
  }
}

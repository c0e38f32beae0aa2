import Foundation
import Terminal
import Testing

@testable import Commands

/// The output of `--help`, and the messages for a wrong command line.
struct HelpTests {
  private static let pages = CommandPage.root.all

  @Test(arguments: [
    ["usher"], ["usher", "top"], ["usher", "device"], ["usher", "device", "pause"], ["usher", "manual"],
  ])
  func `each help screen matches its reviewed snapshot`(path: [String]) throws {
    let page = try #require(Self.pages.first { $0.path == path })
    try Snapshot.expect(
      HelpScreen(page, columns: 80).text.plain, is: "help/\(path.joined(separator: "-")).txt")
  }

  @Test func `every command has an abstract, and examples at the end of its help`() {
    #expect(Self.pages.count > 30)
    for page in Self.pages {
      #expect(!page.abstract.isEmpty, "\(page.name)")
      #expect(!page.examples.isEmpty, "\(page.name): indent lines of its discussion by two spaces")
      #expect(page.examples.allSatisfy { $0.line.contains("usher ") || $0.line.contains("usher)") }, "\(page.examples)")
      for argument in page.arguments { #expect(!argument.abstract.isEmpty, "\(page.name) \(argument.label)") }
    }
  }

  @Test func `the help of replay says which texts are compared by their codes`() throws {
    let page = try #require(Self.pages.first { $0.path == ["usher", "replay"] })
    let text = HelpScreen(page, columns: 1000).text.plain.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains("texts of scripts are compared byte for byte, texts that Usher wrote by their codes"))
    #expect(!text.contains("every decision equals the recorded one byte for byte"))
  }

  @Test(arguments: [40, 60, 80, 132])
  func `no line is longer than the terminal is wide`(columns: Int) {
    for page in Self.pages {
      for line in HelpScreen(page, columns: columns).text.plain.split(separator: "\n").map(String.init) {
        // A word that is longer than the line is not split either.
        let word = line.replacing(" \\", with: "").trimmingPrefix { $0 == " " }
        let isWhole = !word.contains(" ") || page.examples.contains { $0.parts.contains(String(word)) }
        #expect(DisplayWidth.of(line) <= columns || isWhole, "\(page.name): \(line)")
      }
    }
  }

  @Test func `an example that breaks is the same to a shell`() throws {
    for page in Self.pages {
      let text = HelpScreen(page, columns: 60).text.plain.replacing(" \\\n     ", with: "")
      for example in page.examples { #expect(text.contains("\n  \(example.line)\n"), "\(page.name): \(example.line)") }
    }
    let quoted = CommandExample(purpose: nil, line: #"a 'b c' "d 'e" f"#)
    #expect(quoted.words == ["a", "'b c'", #""d 'e""#, "f"])
    let options = CommandExample(purpose: nil, line: "usher x --to 'a b' --dry && usher y --all --as ann | z")
    #expect(options.parts == ["usher", "x", "--to 'a b'", "--dry", "&&", "usher", "y", "--all", "--as ann", "|", "z"])
  }

  @Test(arguments: [
    ["--help"], ["-h"], ["help"], [], ["device", "--help"], ["help", "device"], ["device"], ["dry-run", "-h"],
    ["help", "device", "pause"], ["--color", "never", "tick", "--help"],
  ])
  func `help is printed to standard output, with examples, and exits with 0`(arguments: [String]) throws {
    let outcome = try UsherProcess.run(arguments)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(outcome.text.contains("\nExamples\n"), "\(outcome)")
    #expect(outcome.stderr.isEmpty, "\(outcome)")
  }

  @Test(arguments: [
    (["devcie"], "there is no command 'usher devcie'; the nearest is 'usher device'"),
    (["device", "lits"], "there is no command 'usher device lits'; the nearest is 'usher device list'"),
    (["help", "sreve"], "there is no command 'usher sreve'; the nearest is 'usher serve'"),
    (["report", "quux"], "there is no command 'usher report quux'"),
    (["dry-run", "--polcy", "x"], "`usher dry-run` has no option '--polcy'; the nearest is '--policy'"),
    (
      ["dry-run", "--max-mvoed=3", "--policy", "x"],
      "`usher dry-run` has no option '--max-mvoed'; the nearest is '--max-moved'"
    ),
    (["tick", "--nope"], "`usher tick` has no option '--nope'"),
    (["dry-run"], "Missing expected argument '--policy <file>"), (["tick", "--format", "tabel"], "'tabel'"),
    (["tick", "extra"], "'extra'"), (["tick", "--color", "pink"], "pink"), (["--color=pink"], "pink"),
  ])
  func `wrong usage exits with 64 and prints only what is wrong and where to read on`(
    arguments: [String], expected: String
  ) throws {
    let outcome = try UsherProcess.run(arguments)
    #expect(outcome.code == 64, "\(outcome)")
    #expect(outcome.stderr.hasPrefix("usher: ") && outcome.stderr.contains(expected), "\(outcome)")
    #expect(outcome.stderr.contains("--help` lists"), "\(outcome)")
    #expect(outcome.text.isEmpty, "\(outcome)")
  }

  @Test func `a suggested name differs by at most a third of the word`() throws {
    let outcome = try UsherProcess.run(["completely-else"])
    #expect(!outcome.stderr.contains("nearest"), "\(outcome)")
  }
}

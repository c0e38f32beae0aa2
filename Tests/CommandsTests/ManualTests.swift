import Foundation
import RoutingTestKit
import Testing

@testable import Commands

/// Manual pages: there is one for each command, and formatters accept them without warnings.
struct ManualTests {
  private static let date = "November 26, 2026"

  private static func program(_ name: String) -> String? {
    ["/usr/bin/\(name)", "/bin/\(name)", "/usr/local/bin/\(name)"].first(where: FileManager.default.isExecutableFile)
  }

  private func pages(in folder: TestFolder) throws -> [String] {
    let outcome = try UsherProcess.run(
      ["manual", "--to", "man"], environment: ["SOURCE_DATE_EPOCH": "1795651200"], in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    return try FileManager.default.contentsOfDirectory(atPath: folder.file("man/man1")).sorted()
  }

  @Test func `there is a manual page for each command, with the given date`() throws {
    let folder = TestFolder()
    let names = CommandPage.root.all.map { $0.path.joined(separator: "-") + ".1" }
    #expect(try pages(in: folder) == names.sorted())
    for name in names {
      let text = String(decoding: try folder.contents("man/man1/" + name), as: UTF8.self)
      #expect(text.contains(".Dd \(Self.date)\n"), "\(name)")
      for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "ENVIRONMENT", "EXIT STATUS", "EXAMPLES", "SEE ALSO"] {
        let isAlone = name == "usher.1" && section == "SEE ALSO"
        #expect(text.contains(".Sh \(section)\n") || isAlone, "\(name): \(section)")
      }
    }
  }

  @Test func `the same program writes the same manual pages`() throws {
    let folders = (0..<2).map { _ in TestFolder() }
    for name in try pages(in: folders[0]) {
      _ = try pages(in: folders[1])
      #expect(try folders[0].contents("man/man1/" + name) == folders[1].contents("man/man1/" + name))
      break
    }
  }

  @Test func `mandoc reports no warnings`() throws {
    guard let mandoc = Self.program("mandoc") else { return print("mandoc is not installed: no page was linted") }
    let folder = TestFolder()
    let files = try pages(in: folder).map { "man/man1/" + $0 }
    let outcome = try UsherProcess(["-T", "lint"] + files, in: folder.path, program: (mandoc, [])).end()
    // References to pages that are not installed cause warnings, which are ignored.
    let found = outcome.text.split(separator: "\n").filter { !$0.contains("referenced manual not found: Xr usher") }
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }

  @Test func `each page that another one refers to exists`() throws {
    let folder = TestFolder()
    let files = try pages(in: folder)
    for file in files {
      let text = String(decoding: try folder.contents("man/man1/" + file), as: UTF8.self)
      for line in text.split(separator: "\n") where line.contains("Xr ") {
        let words = line.split(separator: " ")
        let place = try #require(words.firstIndex { $0.hasSuffix("Xr") })
        #expect(files.contains("\(words[place + 1]).1"), "\(file): \(line)")
      }
    }
  }

  @Test func `groff reports no warnings, and shows examples verbatim`() throws {
    guard let groff = Self.program("groff") else { return print("groff is not installed: no page was formatted") }
    let folder = TestFolder()
    for file in try pages(in: folder) {
      let outcome = try UsherProcess(
        ["-mdoc", "-ww", "-Tascii", "-P-cbou", "man/man1/" + file], in: folder.path, program: (groff, [])
      ).end()
      #expect(outcome.code == 0 && outcome.stderr.isEmpty, "\(file): \(outcome.stderr)")
      let page = try #require(CommandPage.root.all.first { $0.path.joined(separator: "-") + ".1" == file })
      for example in page.examples { #expect(outcome.text.contains(example.line), "\(file): \(example.line)") }
    }
  }

  @Test func `text that looks like a macro is escaped, and characters outside ASCII do not depend on the encoding`() {
    #expect(
      Mdoc.prose([".Sh is no section. 'Nor' is this… 2>&1 \\n"]) == [
        "\\&.Sh is no section.", "\\(aqNor\\(aq is this\\[u2026] 2>&1 \\en",
      ])
    #expect(Mdoc.literal("usher --a-b 'c'") == "usher \\-\\-a\\-b \\(aqc\\(aq")
    #expect(Mdoc.argument("No Xr here .") == "\\&No \\&Xr here \\&.")
  }

  @Test func `a single page goes to standard output, and an unknown command is wrong usage`() throws {
    let page = try UsherProcess.run(["manual", "device", "pause"])
    #expect(page.code == 0 && page.text.contains(".Dt USHER-DEVICE-PAUSE 1\n"), "\(page)")
    #expect(try UsherProcess.run(["manual", "devise"]).code == 64)
    #expect(try UsherProcess.run(["manual", "--to", "x", "device"]).code == 64)
  }
}

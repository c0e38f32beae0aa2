import Foundation
import RoutingTestKit
import Testing

/// What the README and the page of the examples show is what the program prints.
struct ExamplePageTests {
  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func page(_ path: String) throws -> String {
    try String(contentsOf: repository.appendingPathComponent(path), encoding: .utf8)
  }

  @Test func `every command of the page of the examples prints what the page shows`() throws {
    let folder = TestFolder()
    try FileManager.default.createDirectory(atPath: folder.file("Examples"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Self.repository.appendingPathComponent("Examples/policies").path,
      toPath: folder.file("Examples/policies"))
    let page = ConsolePage(try Self.page("Examples/README.md"))
    #expect(page.commands.count >= 9)
    for difference in try page.run(in: folder) { Issue.record("Examples/README.md, \(difference)") }
  }

  @Test func `the decision in the README is the one that the program makes`() throws {
    let commands = ConsolePage(try Self.page("README.md")).commands
    let request = try #require(commands.first { $0.text == "cat request.json" })
    let decide = try #require(commands.first { $0.text.hasPrefix("usher decide") })
    let folder = TestFolder()
    try folder.write(request.expected.joined(separator: "\n"), to: "request.json")
    let outcome = try UsherProcess.run(
      decide.text.split(separator: " ").dropFirst().map(String.init), in: folder.path)
    // The page wraps the line and indents what follows.
    let shown = decide.expected.map { $0.trimmingCharacters(in: .whitespaces) }.joined()
    #expect(outcome.code == 0)
    #expect(outcome.text.trimmingCharacters(in: .newlines) == shown)
  }
}

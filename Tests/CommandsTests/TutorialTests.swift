import Foundation
import RoutingTestKit
import Testing

/// The tutorial is a session that a reader can repeat: each of its commands runs, and must print what the page shows.
struct TutorialTests {
  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test func `every command of the tutorial prints what the page shows`() throws {
    let text = try String(contentsOf: Self.repository.appendingPathComponent("Docs/Tutorial.md"), encoding: .utf8)
    let page = ConsolePage(text)
    #expect(page.commands.count >= 15)
    let folder = TestFolder()
    try FileManager.default.createDirectory(atPath: folder.file("Examples"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Self.repository.appendingPathComponent("Examples/tutorial").path,
      toPath: folder.file("Examples/tutorial"))
    for difference in try page.run(in: folder) { Issue.record("Docs/Tutorial.md, \(difference)") }
  }
}

import Foundation
import Testing

/// A text for people, stored in a file, so that a change is reviewed as a difference.
enum Snapshot {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
    "Snapshots")

  /// Compares a text with the file. With `USHER_RECORD_SNAPSHOTS=1` the file is written instead.
  static func expect(_ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = folder.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["USHER_RECORD_SNAPSHOTS"] == "1" {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      return
    }
    let kept = try String(contentsOf: file, encoding: .utf8)
    guard kept != text else { return }
    let (expected, found) = (
      kept.split(separator: "\n", omittingEmptySubsequences: false),
      text.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let place =
      zip(expected, found).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      ?? min(expected.count, found.count)
    let line = { (lines: [Substring]) in place < lines.count ? String(lines[place]) : "the end" }
    Issue.record(
      """
      \(name), line \(place + 1): expected and found
      \(line(expected))
      \(line(found))
      USHER_RECORD_SNAPSHOTS=1 records what is found
      """, sourceLocation: sourceLocation)
  }
}

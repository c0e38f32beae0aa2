import Foundation
import Testing

/// Links between the pages of the repository lead to files and headings that exist.
struct PageLinkTests {
  /// The pages that people read: all Markdown files but those below `Tests`, by path.
  private static let pages: [String] = {
    let files = FileManager.default
    let folders = ["Docs", "Examples", "Benchmarks", "Rules"].flatMap { folder in
      (files.enumerator(atPath: Sources.root.path + "/" + folder)?.compactMap { $0 as? String } ?? [])
        .map { folder + "/" + $0 }
    }
    return (["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] + folders).filter { $0.hasSuffix(".md") }.sorted()
  }()

  @Test func `every link of a page leads to a file, and every anchor to a heading`() throws {
    #expect(Self.pages.count > 50)
    for page in Self.pages {
      let text = try Sources.page(page)
      for link in Self.links(in: text) where !link.contains("://") && !link.hasPrefix("mailto:") {
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let folder = page.contains("/") ? page.split(separator: "/").dropLast().joined(separator: "/") + "/" : ""
        let target = parts[0].isEmpty ? page : Self.standardized(folder + parts[0])
        guard Sources.exists(target) else {
          Issue.record("\(page): no file at \(link)")
          continue
        }
        guard parts.count > 1, target.hasSuffix(".md") else { continue }
        let isThere = Self.anchors(in: try Sources.page(target)).contains(parts[1])
        #expect(isThere, "\(page): no heading for \(link)")
      }
    }
  }

  @Test func `links and anchors are read outside code`() {
    let page = """
      # One `two`, three's
      ## One `two`, three's
      See [a](b.md#c) and `[x](y.md)`, ![d](e.png), [f\\[1\\]](#f1).
      ```
      # no heading
      [no](link.md)
      ```
      """
    #expect(Self.links(in: page) == ["b.md#c", "e.png", "#f1"])
    #expect(Self.anchors(in: page) == ["one-two-threes", "one-two-threes-1"])
  }

  // MARK: - Markdown

  /// Lines outside fenced blocks.
  private static func prose(_ text: String) -> [String] {
    var isFenced = false
    return text.components(separatedBy: "\n").filter { line in
      if line.hasPrefix("```") {
        isFenced.toggle()
        return false
      }
      return !isFenced
    }
  }

  private static func links(in text: String) -> [String] {
    prose(text).flatMap { line in
      line.replacing(/`[^`]*`/, with: "").matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
    }
  }

  /// The anchors of all headings as GitHub makes them: lower case, hyphens for spaces, no punctuation, and a number
  /// after one that occurs again.
  private static func anchors(in text: String) -> Set<String> {
    var counts: [String: Int] = [:]
    var anchors: Set<String> = []
    for line in prose(text) {
      guard let heading = line.firstMatch(of: /^#{1,6} +(.*)$/)?.1 else { continue }
      let anchor = String(
        heading.lowercased().compactMap { character -> Character? in
          if character == " " { return "-" }
          return character.isLetter || character.isNumber || "-_".contains(character) ? character : nil
        })
      let count = counts[anchor, default: 0]
      anchors.insert(count == 0 ? anchor : "\(anchor)-\(count)")
      counts[anchor] = count + 1
    }
    return anchors
  }

  /// A path below the root without `.` and `..`.
  private static func standardized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }
}

import Foundation
import PolicyTestKit
import Testing

/// The parts of a page of `Docs/Checks` that tests read.
struct CheckPage: CustomTestStringConvertible, Sendable {
  /// The name of its rule.
  let rule: String
  let text: String
  /// `- **key** text`, by key.
  private(set) var facts: [String: String] = [:]
  /// The first line that is neither a heading nor empty.
  private(set) var summary = ""
  /// Blocks of Lua by the heading above them.
  private(set) var examples: [String: [String]] = [:]
  var testDescription: String { rule }

  static let folder = Repository.root.appendingPathComponent("Docs/Checks")

  /// By name, without the index.
  static let all: [CheckPage] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".md") && !["README.md", "Mutations.md"].contains($0) }.sorted().compactMap {
      file in
      guard let text = try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8) else { return nil }
      return CheckPage(String(file.dropLast(3)), text)
    }
  }()

  private init(_ rule: String, _ text: String) {
    (self.rule, self.text) = (rule, text)
    var heading = ""
    var block: [String]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if let lines = block {
        if line == "```" {
          examples[heading, default: []].append(lines.joined(separator: "\n") + "\n")
          block = nil
        } else {
          block = lines + [line]
        }
      } else if line == "```lua" {
        block = []
      } else if line.hasPrefix("## ") {
        heading = String(line.dropFirst(3))
      } else if line.hasPrefix("- **"), heading.isEmpty, let end = line.range(of: "** ") {
        facts[String(line.dropFirst(4).prefix { $0 != "*" })] = String(line[end.upperBound...])
      } else if summary.isEmpty, !line.isEmpty, !line.hasPrefix("#") {
        summary = line
      }
    }
  }
}

/// An example of a page: a whole file, or the body of `select(contact, fleet)`.
struct CheckExample {
  /// The checked source, without the marks.
  let source: String
  /// The finding documented on each line: `--> message`.
  let expected: [(line: Int, message: String)]
  private let isFile: Bool
  private static let head = "return { select = function(contact, fleet) "

  init(_ text: String) {
    var lines: [String] = []
    let isFile = text.split(separator: "\n").contains { $0.hasPrefix("return {") }
    self.isFile = isFile
    var expected: [(line: Int, message: String)] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).enumerated() {
      let parts = line.components(separatedBy: " --> ")
      expected += parts.dropFirst().map { (index + 1, $0) }
      lines.append(parts[0])
    }
    let body = lines.joined(separator: "\n")
    self.expected = expected
    source = isFile ? body : Self.head + body + "end }\n"
  }

  /// The example's part of a source built from it.
  func body(of source: String) -> String {
    isFile ? source : String(source.dropFirst(Self.head.count).dropLast("end }\n".count))
  }
}

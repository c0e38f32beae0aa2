import Foundation
import PolicyTestKit
import Testing

/// The parts of `Docs/Policies` that tests read: sections that describe a name, and examples.
struct PolicyPages {
  /// A fenced block of Lua, with its request.
  struct Example: CustomTestStringConvertible, Sendable {
    let page: String
    /// The first line of the block in the page, from 1.
    let line: Int
    let source: String
    /// JSON; nil for the request of `example.json`.
    let request: String?
    var testDescription: String { "\(page):\(line)" }
  }

  /// The text below a heading that is a name in backticks.
  struct Section: CustomTestStringConvertible, Sendable {
    let page: String
    let name: String
    let line: Int
    /// `- **key** text`, by key.
    var facts: [String: String] = [:]
    var prose: [String] = []
    var examples: [Example] = []
    var testDescription: String { "\(page)#\(name)" }
  }

  struct Page: Sendable {
    let file: String
    let text: String
    var sections: [Section] = []
    /// All examples of the page, including those of its sections.
    var examples: [Example] = []
    /// The anchors of its headings.
    var anchors: Set<String> = []
    /// Lines outside fences.
    var prose: [(line: Int, text: String)] = []
    /// Fenced blocks of other languages than Lua, by language.
    var blocks: [(language: String, line: Int, text: String)] = []
  }

  static let folder = Repository.root.appendingPathComponent("Docs/Policies")

  /// By file name. The page of charges contains measured numbers and has a test of its own.
  static let all: [Page] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".md") && $0 != "charges.md" }.sorted().map { file in
      read(file, text: (try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)) ?? "")
    }
  }()

  static let sections = all.flatMap(\.sections)
  static let examples = all.flatMap(\.examples)

  static func page(_ file: String) -> Page? { all.first { $0.file == file } }

  static func read(_ file: String, text: String) -> Page {
    var page = Page(file: file, text: text)
    var fence: (language: String, line: Int, lines: [String])?
    var pageRequest: String?
    var sectionRequest: String?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).enumerated() {
      if var open = fence {
        if line.hasPrefix("```") {
          fence = nil
          let body = open.lines.joined(separator: "\n")
          switch open.language {
          case "json":
            if page.sections.isEmpty { pageRequest = body } else { sectionRequest = body }
          case "lua":
            let example = Example(
              page: file, line: open.line, source: body, request: sectionRequest ?? pageRequest)
            page.examples.append(example)
            if !page.sections.isEmpty { page.sections[page.sections.count - 1].examples.append(example) }
          default: break
          }
          if open.language != "lua" { page.blocks.append((open.language, open.line, body)) }
        } else {
          open.lines.append(line)
          fence = open
        }
        continue
      }
      if line.hasPrefix("```") {
        fence = (String(line.dropFirst(3)), index + 2, [])
        continue
      }
      page.prose.append((index + 1, line))
      if line.hasPrefix("#") {
        let heading = line.drop { $0 == "#" }.drop { $0 == " " }
        page.anchors.insert(Repository.anchor(String(heading)))
        if line.hasPrefix("## `"), heading.hasSuffix("`"), heading.count > 2 {
          page.sections.append(
            Section(page: file, name: String(heading.dropFirst().dropLast()), line: index + 1))
          sectionRequest = nil
        }
      } else if !page.sections.isEmpty {
        let last = page.sections.count - 1
        if line.hasPrefix("- **"), let end = line.range(of: "** ") {
          let key = String(line[line.index(line.startIndex, offsetBy: 4)..<end.lowerBound])
          page.sections[last].facts[key] = String(line[end.upperBound...])
        }
        page.sections[last].prose.append(line)
      }
    }
    return page
  }
}

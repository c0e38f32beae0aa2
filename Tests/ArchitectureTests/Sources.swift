import Foundation
import Testing

/// The repository's files, for tests of the architecture.
enum Sources {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardized

  // MARK: - Sources

  /// The folders of `Sources`.
  static func targets() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.path + "/Sources").sorted()
  }

  /// The Swift files of a target, by path below `Sources`.
  static func ofTarget(_ target: String) throws -> [(file: String, text: String)] {
    try files(under: "Sources/" + target).filter { $0.file.hasSuffix(".swift") }
      .map { (String($0.file.dropFirst("Sources/".count)), $0.text) }
  }

  /// A file, or the Swift and C files of a folder, by path; none for a path that does not exist.
  static func files(under path: String) throws -> [(file: String, text: String)] {
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    let paths =
      isFolder(folder)
      ? FileManager.default.enumerator(atPath: root.path + "/" + folder)?.compactMap { $0 as? String }.sorted()
        .map { folder + "/" + $0 } ?? [] : [path]
    return try paths.filter { path in exists(path) && [".swift", ".c", ".h"].contains { path.hasSuffix($0) } }
      .map { ($0, try page($0)) }
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root.path + "/" + path) }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: root.path + "/" + path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// A source without comments and string literals, including interpolated code.
  static func code(_ text: String) -> String {
    text.replacing(/(?s)"""(?:.*?)"""/, with: "").replacing(/"(?:\\.|[^"\\\n])*"/, with: "")
      .replacing(/\/\/[^\n]*/, with: "").replacing(/(?s)\/\*.*?\*\//, with: "")
  }

  /// The names of the types that the sources of some folders declare, nested ones by their last name.
  static func typeNames(under folders: [String]) throws -> Set<String> {
    let keywords: Set = ["struct", "class", "enum", "actor", "protocol", "typealias"]
    var names: Set<String> = []
    for folder in folders {
      for (_, text) in try files(under: folder) {
        names.formUnion(Identifiers(text).all.lazy.filter { keywords.contains($0.previous) }.map(\.name))
      }
    }
    return names
  }

  // MARK: - Pages

  static func page(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The cells of the table under a heading of the architecture page, without the header and the separator row.
  static func tableRows(under heading: String, columns: Int) throws -> [[String]] {
    let text = try page("Docs/Architecture.md")
    let section = try #require(text.range(of: heading + "\n"))
    return text[section.upperBound...].split(separator: "\n").prefix { !$0.hasPrefix("## ") }
      .filter { $0.hasPrefix("| ") }
      .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
      .filter { $0.count == columns }.dropFirst().map { $0 }
  }

  /// The cells of the rows of all tables of a page that have this many columns, without heads and rules. A table's head
  /// is recognised by the rule below it.
  static func tableRows(ofPage path: String, columns: Int) throws -> [[String]] {
    let lines = try page(path).split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.filter { index in
      lines[index].hasPrefix("| ") && !(lines.indices.contains(index + 1) && lines[index + 1].hasPrefix("|--"))
    }.map { lines[$0].dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false) }
      .map { $0.map { $0.trimmingCharacters(in: .whitespaces) } }.filter { $0.count == columns }
  }

  /// The parts in backticks.
  static func quoted(_ text: String) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }
}

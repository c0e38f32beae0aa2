import Foundation

/// The checked-out repository, whose pages, shipped policies and examples tests read.
package enum Repository {
  package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    .standardized

  /// The absolute path of a file, given relative to the root.
  package static func path(_ file: String) -> String { root.appendingPathComponent(file).path }

  /// The fragment that links to a heading of a Markdown page, as GitHub generates it.
  package static func anchor(_ heading: String) -> String {
    String(
      heading.lowercased().compactMap { character -> Character? in
        if character == " " { return "-" }
        return character.isLetter || character.isNumber || character == "_" || character == "-" ? character : nil
      })
  }
}

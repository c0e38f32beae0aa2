import Foundation

/// A string literal in the sources that contains a statement or the start of one.
struct SourceStatement {
  let file: String
  /// Counts from 1.
  let line: Int
  /// The text between interpolations, each part with single spaces. Parts shorter than `leastLength` are left out.
  let fragments: [String]

  static let leastLength = 12

  /// The folder of the package.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// The statements of all Swift files in a folder of the package, by file and line.
  static func all(in folder: String) throws -> [SourceStatement] {
    try files(in: folder).flatMap { file, text in
      SourceLiteral.all(in: text).compactMap { literal in
        SourceStatement(literal, of: file)
      }
    }
  }

  /// The names by which rows are read, as in `row["name"]`.
  static func namesRead(in folder: String) throws -> Set<String> {
    Set(
      try files(in: folder).flatMap { _, text in
        text.matches(of: /(?:row|\$0)\["([A-Za-z_]+)"\]/).map { String($0.1) }
      })
  }

  private static func files(in folder: String) throws -> [(name: String, text: String)] {
    let names = FileManager.default.enumerator(atPath: root + "/" + folder)?.compactMap { $0 as? String } ?? []
    return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
      (folder + "/" + name, try String(contentsOfFile: root + "/\(folder)/\(name)", encoding: .utf8))
    }
  }

  private init?(_ literal: SourceLiteral, of file: String) {
    let words = /\(?(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE TEMP|DROP|SAVEPOINT|RELEASE|ROLLBACK)\s.*/
      .dotMatchesNewlines()
    guard literal.parts[0].singleSpaced.wholeMatch(of: words) != nil else { return nil }
    (self.file, line) = (file, literal.line)
    fragments = literal.parts.map(\.singleSpaced).filter { $0.count >= SourceStatement.leastLength }
  }
}

extension String {
  /// Without spaces at the ends, and with one space for each run of white space inside.
  var singleSpaced: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

/// A Swift string literal: the text between its interpolations. Literals inside an interpolation are separate literals.
struct SourceLiteral {
  let line: Int
  /// At least one.
  var parts: [String] = [""]

  static func all(in text: String) -> [SourceLiteral] {
    var scanner = Scanner(text)
    scanner.scanCode(untilParenthesis: false)
    return scanner.literals
  }

  private struct Scanner {
    private let bytes: [UInt8]
    private var place = 0
    private var line = 1
    private(set) var literals: [SourceLiteral] = []

    init(_ text: String) { bytes = Array(text.utf8) }

    private func starts(with text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

    private mutating func advance(_ count: Int = 1) {
      for byte in bytes[place..<min(place + count, bytes.count)] where byte == UInt8(ascii: "\n") { line += 1 }
      place = min(place + count, bytes.count)
    }

    /// Reads code up to its end, or up to the parenthesis that ends an interpolation.
    mutating func scanCode(untilParenthesis: Bool) {
      var depth = 0
      while place < bytes.count {
        if starts(with: "//") {
          while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { advance() }
        } else if starts(with: "\"") || starts(with: "#\"") {
          scanLiteral()
        } else {
          if untilParenthesis, starts(with: "(") { depth += 1 }
          if untilParenthesis, starts(with: ")") { depth -= 1 }
          if depth < 0 { return }
          advance()
        }
      }
    }

    private mutating func scanLiteral() {
      var literal = SourceLiteral(line: line)
      let pound = starts(with: "#") ? "#" : ""
      advance(pound.count)
      let quote = starts(with: "\"\"\"") ? "\"\"\"" : "\""
      advance(quote.count)
      var part: [UInt8] = []
      while place < bytes.count, !starts(with: quote + pound) {
        let escape = "\\" + pound
        if starts(with: escape + "(") {
          literal.parts[literal.parts.count - 1] = String(decoding: part, as: UTF8.self)
          literal.parts.append("")
          part = []
          advance(escape.utf8.count + 1)
          scanCode(untilParenthesis: true)
          advance()
        } else if starts(with: escape) {
          advance(escape.utf8.count)
          // A continued line, otherwise the escaped character, which is sufficient for quotes.
          part.append(starts(with: "\n") ? UInt8(ascii: " ") : bytes[place])
          advance()
        } else {
          part.append(bytes[place])
          advance()
        }
      }
      advance(quote.count + pound.count)
      literal.parts[literal.parts.count - 1] = String(decoding: part, as: UTF8.self)
      literals.append(literal)
    }
  }
}

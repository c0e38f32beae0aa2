import Policies
import PolicyLint
import Routing
import Wire

/// Lines of a file for display, with a mark below a column.
///
/// Lines are counted as Lua counts them: `\r\n` and `\n\r` are one line end, and so is either character alone. Control characters
/// are escaped, and the mark stays below its column.
package struct SourceExcerpt {
  /// The most characters of a line that are shown; a longer one is shown around the column.
  package static let width = 120
  private let lines: [[UInt8]]

  /// Splits the source into lines; linear in its size.
  package init(_ source: [UInt8]) {
    var lines: [[UInt8]] = []
    var start = 0
    var place = 0
    while place < source.count {
      let byte = source[place]
      guard byte == 10 || byte == 13 else {
        place += 1
        continue
      }
      lines.append(Array(source[start..<place]))
      let isPair = place + 1 < source.count && source[place + 1] != byte && [10, 13].contains(source[place + 1])
      place += isPair ? 2 : 1
      start = place
    }
    lines.append(Array(source[start...]))
    self.lines = lines
  }

  /// Every line, without its end; the last one only if it is not empty.
  package var all: [String] {
    let texts = lines.map { String(decoding: $0, as: UTF8.self) }
    return texts.last == "" ? Array(texts.dropLast()) : texts
  }

  /// `  the line`, and `     ^` below it when a column is known; each ends its line. Empty for a line that is not there.
  /// If `endColumn` is known, `^~~~` marks the whole range.
  package func text(line: Int?, column: Int? = nil, endColumn: Int? = nil) -> String {
    guard let line, lines.indices.contains(line - 1) else { return "" }
    let scalars = String(decoding: lines[line - 1], as: UTF8.self).unicodeScalars.map { $0 == "\t" ? " " : $0 }
    let mark = column.map { min(max($0 - 1, 0), scalars.count) }
    let first = mark.map { $0 < Self.width ? 0 : $0 - Self.width / 2 } ?? 0
    let last = min(scalars.count, first + Self.width)
    func shown(_ range: Range<Int>) -> String {
      scalars[range].map { terminalSafe(String($0)) }.joined()
    }
    let before = first > 0 ? "…" : ""
    var text = "  \(before)\(shown(first..<last))\(last < scalars.count ? "…" : "")\n"
    if let mark {
      let indent = before.unicodeScalars.count + shown(first..<mark).unicodeScalars.count
      let end = endColumn.map { min(max($0 - 1, mark), last) } ?? mark
      let length = max(shown(mark..<end).unicodeScalars.count, 1)
      text += "  " + String(repeating: " ", count: indent) + "^" + String(repeating: "~", count: length - 1) + "\n"
    }
    return text
  }
}

extension Fault {
  /// `file:3: runtime fault: what is wrong`, and the line with a mark below the column if a check of the source finds it.
  package func text(in file: String, source: [UInt8]) -> String {
    // The interpreter reports no columns; the check of the source does, if it finds the same error.
    let found = PolicyCheck(file: "policy", source: source).findings.first { $0.severity == .error && $0.line == line }
    let column = line == nil ? nil : found?.column
    let place = [line, column].compactMap { $0.map(String.init) }
    let head = ([file] + place).joined(separator: ":") + ": \(kind.rawValue) fault: \(message)\n"
    let advice = column == nil ? nil : found?.advice
    let end = column == nil || found?.endLine != line ? nil : found?.endColumn
    return head + SourceExcerpt(source).text(line: line, column: column, endColumn: end)
      + (advice.map { "  \($0)\n" } ?? "")
  }
}

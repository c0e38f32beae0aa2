/// Writes a header and rows as CSV (RFC 4180), quoting only the cells that need it.
///
/// `CSVReader` reads the output back unchanged, unless `neutralising` is on.
package struct CSVWriter: Sendable {
  /// How lines end.
  package enum LineEnd: String, Sendable {
    /// Carriage return and line feed, as RFC 4180 specifies.
    case crlf = "\r\n"
    /// Line feed only, as Unix tools expect.
    case lf = "\n"
  }

  /// The UTF-8 written since the start or the last `drain()`; whole rows only.
  package private(set) var bytes: [UInt8] = []
  private let columns: Int
  private let neutralising: Bool
  private let lineEnd: LineEnd

  /// Starts a CSV document with its header.
  ///
  /// With `neutralising` on, a cell that a spreadsheet could interpret as a formula gets a leading `'`: one that begins
  /// with `=`, `+`, `-`, `@`, tab or CR and is neither a plain number nor a phone number in E.164 form. An empty header
  /// is a programming error.
  package init(header: [String], neutralising: Bool = false, lineEnd: LineEnd = .crlf) {
    precondition(!header.isEmpty, "expected at least one column in a CSV header, found none")
    columns = header.count
    self.neutralising = neutralising
    self.lineEnd = lineEnd
    append(header)
  }

  /// Appends a row; a number of cells other than the header's is a programming error.
  package mutating func append(_ cells: [String]) {
    precondition(
      cells.count == columns, "expected \(columns) cells as in the CSV header, found \(cells.count)")
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(cell)
    }
    bytes.append(contentsOf: lineEnd.rawValue.utf8)
  }

  /// Returns the bytes written so far and empties the buffer, so that a large document can be written in pieces.
  package mutating func drain() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  private mutating func append(_ cell: String) {
    let text = neutralising && Self.isFormula(cell) ? "'" + cell : cell
    guard needsQuotes(text) else {
      bytes.append(contentsOf: text.utf8)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private func needsQuotes(_ cell: String) -> Bool {
    // A row of one empty cell would be an empty line, which many readers skip.
    if cell.isEmpty { return columns == 1 }
    // At the start of the document U+FEFF would be read as a byte order mark.
    if cell.unicodeScalars.first == "\u{FEFF}" { return true }
    return cell.utf8.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D
    }
  }

  /// Whether a spreadsheet could interpret a cell as a formula.
  private static func isFormula(_ cell: String) -> Bool {
    guard let first = cell.utf8.first else { return false }
    switch first {
    case UInt8(ascii: "="), UInt8(ascii: "@"), 0x09, 0x0D: return true
    // A phone number in E.164 form is a plain number in this sense too.
    case UInt8(ascii: "+"), UInt8(ascii: "-"): return !isPlainNumber(cell.utf8.dropFirst())
    default: return false
    }
  }

  /// Whether the text after a sign is digits, optionally with a fraction and an exponent.
  private static func isPlainNumber(_ text: Substring.UTF8View) -> Bool {
    var rest = text
    func digits() -> Bool {
      let count = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
      rest.removeFirst(count)
      return count > 0
    }
    guard digits() else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard digits() else { return false }
    }
    if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
      rest.removeFirst()
      if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
      guard digits() else { return false }
    }
    return rest.isEmpty
  }
}

/// Reads the rows of a CSV document (strict RFC 4180, with LF or CRLF line ends) one after the other.
///
/// The first row is the header; a UTF-8 byte order mark before it is skipped. Cells are not trimmed. An empty line is a
/// row with one empty cell. Time is linear in the input.
package struct CSVReader: Sendable {
  /// The column names, all distinct and none empty.
  package private(set) var header: [String]
  private let bytes: [UInt8]
  private var offset = 0
  private var line = 1

  /// Reads the header of a whole CSV document.
  ///
  /// Throws for an empty input, an empty or repeated column name, or an error in the header row.
  package init(_ bytes: [UInt8]) throws(CSVError) {
    self.bytes = bytes
    header = []
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    guard let row = try row() else {
      throw CSVError(
        line: 1,
        message: "expected a header row, found an empty file; put the column names on the first line")
    }
    var seen = Set<String>()
    for (index, name) in row.cells.enumerated() {
      guard !name.isEmpty else {
        throw CSVError(
          line: row.line,
          message: "expected a name for each column, found no name for column \(index + 1);"
            + " add one or remove the column")
      }
      guard seen.insert(name).inserted else {
        throw CSVError(
          line: row.line,
          message: "expected each column name once, found '\(Excerpt.of(name))' again at column \(index + 1);"
            + " rename or remove it")
      }
    }
    header = row.cells
  }

  /// The next row, or nil at the end.
  ///
  /// Throws for an invalid row; the next call continues after it. After text behind a closing quote, a stray quote or a
  /// stray carriage return, reading continues on the next line, because the intended end of the row is unknown. After
  /// an unterminated quote it continues at the end of the input.
  package mutating func next() throws(CSVError) -> CSVRow? {
    guard let row = try row() else { return nil }
    guard row.cells.count == header.count else {
      let isBlank = row.cells == [""]
      throw CSVError(
        line: row.line,
        message: "expected \(header.count) columns as in the header, found "
          + (isBlank ? "an empty line; remove it" : "\(row.cells.count); check its commas and quotes"))
    }
    return row
  }

  private mutating func row() throws(CSVError) -> CSVRow? {
    guard offset < bytes.count else { return nil }
    let start = line
    var cells: [String] = []
    cells.reserveCapacity(header.count)
    // Invalid UTF-8 does not change where the row ends, so the whole row is consumed before it is rejected.
    var fault: CSVError?
    while true {
      let cellLine = line
      let content = isAt(UInt8(ascii: "\"")) ? try quotedCell() : try plainCell()
      if let text = String(validating: content, as: UTF8.self) {
        cells.append(text)
      } else if fault == nil {
        fault = invalidText(content, column: cells.count + 1, line: cellLine)
        cells.append("")
      }
      guard isAt(UInt8(ascii: ",")) else { break }
      offset += 1
    }
    passLineEnd()
    if let fault { throw fault }
    return CSVRow(line: start, cells: cells)
  }

  private mutating func plainCell() throws(CSVError) -> ArraySlice<UInt8> {
    let start = offset
    while offset < bytes.count, !isAt(UInt8(ascii: ",")), !isAtLineEnd {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        throw refusal(
          "expected a cell without quotes or wholly in quotes, found '\"' inside a cell;"
            + " put the cell in quotes and double those inside")
      }
      if byte == 0x0D {
        throw refusal("expected a line feed after a carriage return, found none; save with LF or CRLF ends")
      }
      offset += 1
    }
    return bytes[start..<offset]
  }

  private mutating func quotedCell() throws(CSVError) -> ArraySlice<UInt8> {
    let openingLine = line
    offset += 1
    var run = offset
    // Stays empty unless the cell has doubled quotes, so that other cells are not copied.
    var unquoted: [UInt8] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      if byte == 0x0A { line += 1 }
      guard byte == UInt8(ascii: "\"") else { continue }
      if isAt(UInt8(ascii: "\"")) {
        unquoted.append(contentsOf: bytes[run..<offset])
        offset += 1
        run = offset
        continue
      }
      let end = offset - 1
      guard offset == bytes.count || isAt(UInt8(ascii: ",")) || isAtLineEnd else {
        throw refusal("expected ',' or the end of the line after a closing quote, found \(found())")
      }
      if unquoted.isEmpty { return bytes[run..<end] }
      unquoted.append(contentsOf: bytes[run..<end])
      return unquoted[...]
    }
    throw CSVError(
      line: openingLine,
      message: "expected '\"' to close the quote that begins on this line, found the end of the file;"
        + " add it, or double a quote that belongs to the text")
  }

  private func isAt(_ byte: UInt8) -> Bool { offset < bytes.count && bytes[offset] == byte }

  private var isAtLineEnd: Bool {
    isAt(0x0A) || isAt(0x0D) && offset + 1 < bytes.count && bytes[offset + 1] == 0x0A
  }

  private mutating func passLineEnd() {
    guard offset < bytes.count else { return }
    offset += isAt(0x0D) ? 2 : 1
    line += 1
  }

  /// An error on the current line; the rest of the line is skipped.
  private mutating func refusal(_ message: String) -> CSVError {
    let error = CSVError(line: line, message: message)
    offset = bytes[offset...].firstIndex(of: 0x0A) ?? bytes.count
    passLineEnd()
    return error
  }

  private func invalidText(_ content: ArraySlice<UInt8>, column: Int, line: Int) -> CSVError {
    let fault = content.withUnsafeBufferPointer { UTF8Check.firstFault(in: $0) } ?? 0
    let index = content.startIndex + fault
    let lineFeeds = content[..<index].count { $0 == 0x0A }
    return CSVError(
      line: line + lineFeeds,
      message: "expected UTF-8, found the byte \(Hex.byte(content[index])) in column \(column);"
        + " save the file as UTF-8")
  }

  private func found() -> String {
    var iterator = bytes[offset..<min(offset + 4, bytes.count)].makeIterator()
    var decoder = UTF8()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
      return "the byte \(Hex.byte(bytes[offset]))"
    }
    return "'\(terminalSafe(String(scalar)))'"
  }
}

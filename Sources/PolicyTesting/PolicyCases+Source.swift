import LuaSyntax

extension PolicyCases {
  /// The lines on which the cases of a file begin, in their order; empty for a file whose cases are not written out in the
  /// table that it returns.
  package static func linesOfCases(in source: [UInt8]) -> [Int] {
    guard let chunk = try? LuaParser.parse(source),
      case .table(let cases)? = ReturnedTable(chunk, scope: ScopeAnalysis(chunk))?[name: "cases"]?.value
    else { return [] }
    var lines: [Int] = []
    for entry in cases.entries {
      // A key or a call in the list, and the places are no longer those of the list.
      guard case .item(let value) = entry, case .table(let table) = value.unwrapped.kind else { return [] }
      lines.append(table.range.start.line)
    }
    return lines
  }
}

extension PolicyCases {
  /// Where the next case of a file goes: just before the brace that ends its cases, and where a comma has to go for it, if
  /// one is missing. Offsets in bytes. Nil for a file whose cases are not written out in the table that it returns.
  package static func endOfCases(in source: [UInt8]) -> (brace: Int, comma: Int?)? {
    guard let chunk = try? LuaParser.parse(source),
      case .table(let cases)? = ReturnedTable(chunk, scope: ScopeAnalysis(chunk))?[name: "cases"]?.value
    else { return nil }
    let brace = cases.range.end.offset - 1
    guard case .item(let last)? = cases.entries.last else { return cases.entries.isEmpty ? (brace, nil) : nil }
    let end = last.range.end.offset
    return (brace, hasSeparator(source[end..<brace]) ? nil : end)
  }

  /// Whether a comma or semicolon stands in a text that is otherwise space and comments.
  private static func hasSeparator(_ text: ArraySlice<UInt8>) -> Bool {
    var place = text.startIndex
    while place < text.endIndex {
      switch text[place] {
      case UInt8(ascii: ","), UInt8(ascii: ";"): return true
      case UInt8(ascii: "-"):
        // A comment; the separator stands before it or not at all on its line.
        while place < text.endIndex, text[place] != UInt8(ascii: "\n") { place += 1 }
      default: place += 1
      }
    }
    return false
  }
}

import LuaSyntax

extension PolicyCases {
  /// The first lines of a file's cases, in order; empty if the cases are not written literally in the returned table.
  package static func linesOfCases(in source: [UInt8]) -> [Int] {
    guard let chunk = try? LuaParser.parse(source),
      case .table(let cases)? = ReturnedTable(chunk, scope: ScopeAnalysis(chunk))?[name: "cases"]?.value
    else { return [] }
    var lines: [Int] = []
    for entry in cases.entries {
      // With a key or a call in the list, positions no longer match those of the list.
      guard case .item(let value) = entry, case .table(let table) = value.unwrapped.kind else { return [] }
      lines.append(table.range.start.line)
    }
    return lines
  }
}

extension PolicyCases {
  /// Where to insert the next case into a file: before the closing brace of its cases, with the position for a missing
  /// comma, if any. Offsets in bytes. Nil if the cases are not written literally in the returned table.
  package static func endOfCases(in source: [UInt8]) -> (brace: Int, comma: Int?)? {
    guard let chunk = try? LuaParser.parse(source),
      case .table(let cases)? = ReturnedTable(chunk, scope: ScopeAnalysis(chunk))?[name: "cases"]?.value
    else { return nil }
    let brace = cases.range.end.offset - 1
    guard case .item(let last)? = cases.entries.last else { return cases.entries.isEmpty ? (brace, nil) : nil }
    let end = last.range.end.offset
    return (brace, hasSeparator(source[end..<brace]) ? nil : end)
  }

  /// Whether a text of white space and comments contains a comma or semicolon.
  private static func hasSeparator(_ text: ArraySlice<UInt8>) -> Bool {
    var place = text.startIndex
    while place < text.endIndex {
      switch text[place] {
      case UInt8(ascii: ","), UInt8(ascii: ";"): return true
      case UInt8(ascii: "-"):
        // A comment: no separator follows it on its line.
        while place < text.endIndex, text[place] != UInt8(ascii: "\n") { place += 1 }
      default: place += 1
      }
    }
    return false
  }
}

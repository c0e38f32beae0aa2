import LuaSyntax

extension PolicyCheck {
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

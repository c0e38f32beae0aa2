/// The names that follow a `.` or a `:` in a source: all names by which it reads or calls members of any value. Nil if
/// it could use other names too, that is, if it has a bracket outside strings and comments around anything but a
/// number, or if it is not valid Lua.
///
/// A number is a numeral, or a name that is used only as the counter of numeric loops: each occurrence is after `for`
/// and before `=`, or alone in brackets. Outside its loop such a name is a global, and no global is a string.
package func memberNames(in source: [UInt8]) -> Set<String>? {
  guard let tokens = tokens(of: source) else { return nil }
  var names: Set<String> = []
  var inBrackets: Set<String> = []
  var counters: Set<String> = []
  var others: Set<String> = []
  for (index, token) in tokens.enumerated() {
    switch token {
    case .fixed(.leftBracket):
      guard index + 2 < tokens.count, tokens[index + 2] == .fixed(.rightBracket) else { return nil }
      switch tokens[index + 1] {
      case .integer, .float: break
      case .name(let name): inBrackets.insert(name)
      default: return nil
      }
    case .name(let name):
      // The first token, and the last one, which is the end of the file, have a neighbour on one side only.
      let before = index > 0 ? tokens[index - 1] : .endOfFile
      let after = tokens[index + 1]
      if before == .fixed(.dot) || before == .fixed(.colon) {
        names.insert(name)
      } else if before == .fixed(.for), after == .fixed(.assign) {
        counters.insert(name)
      } else if before != .fixed(.leftBracket) || after != .fixed(.rightBracket) {
        others.insert(name)
      }
    default: break
    }
  }
  return inBrackets.isSubset(of: counters.subtracting(others)) ? names : nil
}

/// The tokens of a source, the end of the file last; nil if it is not valid Lua.
private func tokens(of source: [UInt8]) -> [Token.Kind]? {
  var lexer = Lexer(source)
  var tokens: [Token.Kind] = []
  while let token = try? lexer.next() {
    if case .stray = token.kind { return nil }
    tokens.append(token.kind)
    if token.kind == .endOfFile { return tokens }
  }
  return nil
}

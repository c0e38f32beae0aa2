/// The names that follow a `.` or a `:` in a source: all that it reads or calls by name, whatever it is read of. Nil when
/// it could read by other names too: with a bracket outside of texts and comments, or when it is no Lua.
package func memberNames(in source: [UInt8]) -> Set<String>? {
  var lexer = Lexer(source)
  var names: Set<String> = []
  var isAfterDot = false
  while true {
    guard let token = try? lexer.next() else { return nil }
    switch token.kind {
    case .endOfFile: return names
    case .fixed(.leftBracket), .stray: return nil
    case .name(let name) where isAfterDot: names.insert(name)
    default: break
    }
    isAfterDot = token.kind == .fixed(.dot) || token.kind == .fixed(.colon)
  }
}

/// A parser for Lua 5.4 source: one pass, one token of lookahead, linear time.
///
/// It accepts and rejects the same sources as Lua's own compiler, with errors at the same place; the tree it returns is
/// never executed.
package struct LuaParser {
  /// The maximum nesting of statements, expressions and assignment targets in Lua.
  package static let maximumLevels = 200

  private var lexer: Lexer
  private(set) var token: Token
  private var lookahead: Token?
  /// The end of the token before the current one.
  private(set) var previousEnd = SourcePosition.start
  private var levels = 0
  var scopes = ScopeTracker()

  /// Parses a whole source; throws the first error that Lua's compiler would report.
  package static func parse(_ source: [UInt8]) throws(LuaSyntaxError) -> Chunk {
    try refuseForeignStart(source)
    var parser = try LuaParser(source)
    return try parser.parseChunk()
  }

  /// Parses a whole source given as a string, by its UTF-8 bytes; throws the first error.
  package static func parse(_ source: String) throws(LuaSyntaxError) -> Chunk {
    try parse(Array(source.utf8))
  }

  private init(_ source: [UInt8]) throws(LuaSyntaxError) {
    lexer = Lexer(source)
    token = try lexer.next()
  }

  /// Rejects beginnings that Lua's file loader accepts but its buffer loader does not or should not, each with its own
  /// message.
  private static func refuseForeignStart(_ source: [UInt8]) throws(LuaSyntaxError) {
    var message: String?
    var hint: String?
    if source.starts(with: "#!".utf8) {
      message = "a chunk cannot start with a '#!' line"
      hint = "remove the first line: only the lua program skips it"
    } else if source.starts(with: [0xEF, 0xBB, 0xBF]) {
      message = "a chunk cannot start with a byte order mark"
      hint = "save the file as UTF-8 without a byte order mark"
    } else if source.starts(with: [0x1B]) {
      message = "a precompiled chunk is not Lua text"
    } else if source.count >= UInt32.max {
      // A 32-bit position cannot represent larger offsets.
      message = "a chunk of 4 GB or more is too large"
    }
    if let message { throw LuaSyntaxError(position: .start, message: message, hint: hint) }
  }

  private mutating func parseChunk() throws(LuaSyntaxError) -> Chunk {
    scopes.openFunction(line: 0)
    scopes.isVararg = true
    let block = try parseStatements()
    guard token.kind == .endOfFile else { throw expected("end of file") }
    try scopes.closeFunction(at: token.errorPosition)
    return Chunk(block: block, locals: scopes.locals, functionCount: scopes.functionCount)
  }
}

extension LuaParser {
  /// Consumes the current token.
  mutating func advance() throws(LuaSyntaxError) {
    previousEnd = token.end
    if let next = lookahead {
      token = next
      lookahead = nil
    } else {
      token = try lexer.next()
    }
  }

  /// The token after the current one.
  mutating func peek() throws(LuaSyntaxError) -> Token {
    if let next = lookahead { return next }
    let next = try lexer.next()
    lookahead = next
    return next
  }

  /// Consumes the current token if it is the given one.
  mutating func accept(_ lexeme: Lexeme) throws(LuaSyntaxError) -> Bool {
    guard token.is(lexeme) else { return false }
    try advance()
    return true
  }

  /// Consumes the given token; throws if the current token is another one.
  mutating func expect(_ lexeme: Lexeme) throws(LuaSyntaxError) {
    guard try accept(lexeme) else { throw expected("'\(lexeme.rawValue)'") }
  }

  /// Consumes the token that closes the `opening` at `position`; throws if the current token is another one.
  mutating func expect(
    _ lexeme: Lexeme, closing opening: Lexeme, at position: SourcePosition
  ) throws(LuaSyntaxError) {
    guard try accept(lexeme) else {
      let context = " (to close '\(opening.rawValue)' at line \(position.line))"
      throw expected("'\(lexeme.rawValue)'\(context)", related: position)
    }
  }

  /// Consumes a name; throws if the current token is not one.
  mutating func expectName(_ what: String = "a name") throws(LuaSyntaxError) -> Name {
    guard case .name(let text) = token.kind else { throw expected(what) }
    let name = Name(text: text, range: SourceRange(start: token.start, end: token.end))
    try advance()
    return name
  }

  /// Enters one more syntax level; the caller leaves it again when it is done.
  mutating func enterLevel() throws(LuaSyntaxError) {
    levels += 1
    guard levels < Self.maximumLevels else {
      throw LuaSyntaxError(
        position: token.errorPosition, message: "chunk has too many syntax levels",
        hint: "Lua allows \(Self.maximumLevels)")
    }
  }

  mutating func leaveLevels(_ count: Int = 1) {
    levels -= count
  }

  /// The range from `start` to the end of the last consumed token.
  func range(from start: SourcePosition) -> SourceRange {
    SourceRange(start: start, end: previousEnd)
  }

  /// The source between two byte offsets, shortened to the part that exists.
  func sourceText(from start: Int, to end: Int) -> String {
    String(decoding: lexer.source[start..<min(end, lexer.source.count)], as: UTF8.self)
  }

  /// Resolves a name that has just been consumed.
  mutating func resolve(_ name: Name) throws(LuaSyntaxError) -> NameUse {
    let binding = try scopes.resolve(name.text, at: token.errorPosition)
    return NameUse(text: name.text, range: name.range, binding: binding)
  }
}

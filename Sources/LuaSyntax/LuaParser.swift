/// The reader of Lua 5.4 texts: one pass, one token of lookahead, time in proportion to the text.
///
/// It accepts and refuses what Lua's own compiler does, and as early; the tree it returns never runs.
package struct LuaParser {
  /// How many nested statements, expressions and assignment targets Lua allows.
  package static let maximumLevels = 200

  private var lexer: Lexer
  private(set) var token: Token
  private var lookahead: Token?
  /// The end of the token before the present one.
  private(set) var previousEnd = SourcePosition.start
  private var levels = 0
  var scopes = ScopeTracker()

  /// Parses a whole text; throws the first error Lua's compiler would find.
  package static func parse(_ source: [UInt8]) throws(LuaSyntaxError) -> Chunk {
    try refuseForeignStart(source)
    var parser = try LuaParser(source)
    return try parser.parseChunk()
  }

  /// Parses a whole text given as a string, by its UTF-8 bytes; throws the first error.
  package static func parse(_ source: String) throws(LuaSyntaxError) -> Chunk {
    try parse(Array(source.utf8))
  }

  private init(_ source: [UInt8]) throws(LuaSyntaxError) {
    lexer = Lexer(source)
    token = try lexer.next()
  }

  /// Refuses by name the starts that Lua's file loader takes but its buffer loader leaves or should leave.
  private static func refuseForeignStart(_ source: [UInt8]) throws(LuaSyntaxError) {
    var message: String?
    var hint: String?
    if source.starts(with: "#!".utf8) {
      message = "a chunk cannot start with a '#!' line"
      hint = "remove the first line: only the lua program skips it"
    } else if source.starts(with: [0xEF, 0xBB, 0xBF]) {
      message = "a chunk cannot start with a byte order mark"
      hint = "save the text as UTF-8 without a byte order mark"
    } else if source.starts(with: [0x1B]) {
      message = "a precompiled chunk is not Lua text"
    } else if source.count >= UInt32.max {
      // Positions could not tell places beyond apart.
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
  /// Passes the present token.
  mutating func advance() throws(LuaSyntaxError) {
    previousEnd = token.end
    if let next = lookahead {
      token = next
      lookahead = nil
    } else {
      token = try lexer.next()
    }
  }

  /// The token after the present one.
  mutating func peek() throws(LuaSyntaxError) -> Token {
    if let next = lookahead { return next }
    let next = try lexer.next()
    lookahead = next
    return next
  }

  /// Passes the present token if it is the given one.
  mutating func accept(_ lexeme: Lexeme) throws(LuaSyntaxError) -> Bool {
    guard token.is(lexeme) else { return false }
    try advance()
    return true
  }

  /// Passes the given token, which must come.
  mutating func expect(_ lexeme: Lexeme) throws(LuaSyntaxError) {
    guard try accept(lexeme) else { throw expected("'\(lexeme.rawValue)'") }
  }

  /// Passes the token that closes what `opening` opened at `position`.
  mutating func expect(
    _ lexeme: Lexeme, closing opening: Lexeme, at position: SourcePosition
  ) throws(LuaSyntaxError) {
    guard try accept(lexeme) else {
      let context = " (to close '\(opening.rawValue)' at line \(position.line))"
      throw expected("'\(lexeme.rawValue)'\(context)", related: position)
    }
  }

  /// Passes a name, which must come.
  mutating func expectName(_ what: String = "a name") throws(LuaSyntaxError) -> Name {
    guard case .name(let text) = token.kind else { throw expected(what) }
    let name = Name(text: text, range: SourceRange(start: token.start, end: token.end))
    try advance()
    return name
  }

  /// Goes one level deeper into the syntax; the caller takes the level back when it is done.
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

  /// The range from `start` to the end of the last token passed.
  func range(from start: SourcePosition) -> SourceRange {
    SourceRange(start: start, end: previousEnd)
  }

  /// The text between two offsets, in bytes, as far as it goes.
  func sourceText(from start: Int, to end: Int) -> String {
    String(decoding: lexer.source[start..<min(end, lexer.source.count)], as: UTF8.self)
  }

  /// Meaning of a name that has just been passed.
  mutating func resolve(_ name: Name) throws(LuaSyntaxError) -> NameUse {
    let binding = try scopes.resolve(name.text, at: token.errorPosition)
    return NameUse(text: name.text, range: name.range, binding: binding)
  }
}

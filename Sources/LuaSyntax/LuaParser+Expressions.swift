extension LuaParser {
  /// Parses an expression.
  mutating func parseExpression() throws(LuaSyntaxError) -> Expression {
    try parseOperation(above: 0)
  }

  /// Parses one expression or more, with commas between.
  mutating func parseExpressionList() throws(LuaSyntaxError) -> [Expression] {
    var list = [try parseExpression()]
    while try accept(.comma) { list.append(try parseExpression()) }
    return list
  }

  /// Parses an operand and the following operators whose precedence is above `limit`.
  private mutating func parseOperation(above limit: Int) throws(LuaSyntaxError) -> Expression {
    let start = token.start
    try enterLevel()
    var first: Expression
    if let operation = UnaryOperator(token.kind) {
      try advance()
      let operand = try parseOperation(above: UnaryOperator.priority)
      first = Expression(kind: .unary(operation, operand), range: range(from: start))
    } else {
      first = try parseOperand()
    }
    var steps: [Expression.BinaryStep] = []
    while let operation = BinaryOperator(token.kind), operation.left > limit {
      let position = token.start
      try advance()
      let operand = try parseOperation(above: operation.right)
      steps.append(Expression.BinaryStep(operation: operation, position: position, operand: operand))
    }
    if !steps.isEmpty {
      first = Expression(kind: .binary(first: first, steps: steps), range: range(from: start))
    }
    leaveLevels()
    return first
  }

  private mutating func parseOperand() throws(LuaSyntaxError) -> Expression {
    let start = token.start
    let kind: Expression.Kind
    switch token.kind {
    case .integer(let value): kind = .integer(value)
    case .float(let value): kind = .float(value)
    case .string(let bytes): kind = .string(bytes)
    case .fixed(.nil): kind = .nil
    case .fixed(.true): kind = .boolean(true)
    case .fixed(.false): kind = .boolean(false)
    case .fixed(.ellipsis):
      guard scopes.isVararg else {
        throw LuaSyntaxError(
          position: token.errorPosition, message: "cannot use '...' outside a vararg function",
          hint: "add '...' to the parameters of the function")
      }
      kind = .vararg
    case .fixed(.leftBrace):
      let table = try parseTable()
      return Expression(kind: .table(table), range: table.range)
    case .fixed(.function):
      try advance()
      let body = try parseFunctionBody(from: start, method: nil)
      return Expression(kind: .function(body), range: body.range)
    default:
      return try parseSuffixed()
    }
    try advance()
    return Expression(kind: kind, range: range(from: start))
  }

  /// Parses a name or an expression in parentheses, with the suffixes that follow.
  mutating func parseSuffixed(
    expecting what: String = LuaParser.anExpression
  ) throws(LuaSyntaxError) -> Expression {
    let start = token.start
    let base = try parsePrimary(expecting: what)
    var suffixes: [Expression.Suffix] = []
    while true {
      let suffixStart = token.start
      guard let kind = try parseSuffix() else { break }
      suffixes.append(Expression.Suffix(kind: kind, range: range(from: suffixStart)))
    }
    if suffixes.isEmpty { return base }
    return Expression(kind: .suffixed(base: base, suffixes: suffixes), range: range(from: start))
  }

  private mutating func parsePrimary(expecting what: String) throws(LuaSyntaxError) -> Expression {
    let start = token.start
    if case .name = token.kind {
      let use = try resolve(try expectName())
      return Expression(kind: .name(use), range: use.range)
    }
    guard try accept(.leftParenthesis) else { throw expected(what) }
    let inner = try parseExpression()
    try expect(.rightParenthesis, closing: .leftParenthesis, at: start)
    return Expression(kind: .parenthesized(inner), range: range(from: start))
  }

  private mutating func parseSuffix() throws(LuaSyntaxError) -> Expression.Suffix.Kind? {
    switch token.kind {
    case .fixed(.dot):
      try advance()
      return .field(try expectName("a name after '.'"))
    case .fixed(.leftBracket):
      return .index(try parseKey())
    case .fixed(.colon):
      try advance()
      let name = try expectName("a name after ':'")
      return .method(name, try parseArguments())
    case .fixed(.leftParenthesis), .fixed(.leftBrace), .string:
      return .call(try parseArguments())
    default:
      return nil
    }
  }

  private mutating func parseArguments() throws(LuaSyntaxError) -> [Expression] {
    let start = token.start
    switch token.kind {
    case .string(let bytes):
      try advance()
      return [Expression(kind: .string(bytes), range: range(from: start))]
    case .fixed(.leftBrace):
      let table = try parseTable()
      return [Expression(kind: .table(table), range: table.range)]
    case .fixed(.leftParenthesis):
      try advance()
      let arguments = token.is(.rightParenthesis) ? [] : try parseExpressionList()
      try expect(.rightParenthesis, closing: .leftParenthesis, at: start)
      return arguments
    default:
      throw expected("the arguments of a call")
    }
  }

  /// Parses `[key]`.
  private mutating func parseKey() throws(LuaSyntaxError) -> Expression {
    try advance()
    let key = try parseExpression()
    try expect(.rightBracket)
    return key
  }

  private mutating func parseTable() throws(LuaSyntaxError) -> TableConstructor {
    let start = token.start
    try expect(.leftBrace)
    var entries: [TableConstructor.Entry] = []
    repeat {
      if token.is(.rightBrace) { break }
      entries.append(try parseEntry())
    } while try acceptSeparator()
    try expect(.rightBrace, closing: .leftBrace, at: start)
    return TableConstructor(entries: entries, range: range(from: start))
  }

  private mutating func acceptSeparator() throws(LuaSyntaxError) -> Bool {
    if try accept(.comma) { return true }
    return try accept(.semicolon)
  }

  private mutating func parseEntry() throws(LuaSyntaxError) -> TableConstructor.Entry {
    if case .name = token.kind, try peek().is(.assign) {
      let name = try expectName()
      try expect(.assign)
      return .named(name, try parseExpression())
    }
    if token.is(.leftBracket) {
      let key = try parseKey()
      try expect(.assign)
      return .keyed(key: key, value: try parseExpression())
    }
    return .item(try parseExpression())
  }
}

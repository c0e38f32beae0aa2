extension LuaParser {
  /// Parses a block with a scope of its own.
  mutating func parseBlock(isLoop: Bool = false) throws(LuaSyntaxError) -> Block {
    scopes.enterBlock(isLoop: isLoop)
    let block = try parseStatements()
    try scopes.leaveBlock(at: token.errorPosition)
    return block
  }

  /// Parses statements up to the end of their block, in the current scope.
  mutating func parseStatements() throws(LuaSyntaxError) -> Block {
    let start = token.start
    var statements: [Statement] = []
    while !token.endsBlock(withUntil: true) {
      let isReturn = token.is(.return)
      try parseStatement(into: &statements)
      // Nothing may follow a return; the code that expects the end of the block rejects it.
      if isReturn { break }
    }
    let empty = SourceRange(start: start, end: start)
    return Block(statements: statements, range: statements.isEmpty ? empty : range(from: start))
  }

  /// Parses a statement; for a label, also the labels and semicolons that follow it.
  mutating func parseStatement(into statements: inout [Statement]) throws(LuaSyntaxError) {
    let start = token.start
    try enterLevel()
    if token.is(.doubleColon) {
      try parseLabel(into: &statements)
    } else {
      let kind = try parseStatementKind()
      statements.append(Statement(kind: kind, range: range(from: start)))
    }
    leaveLevels()
  }

  private mutating func parseStatementKind() throws(LuaSyntaxError) -> Statement.Kind {
    guard case .fixed(let lexeme) = token.kind else { return try parseExpressionStatement() }
    let start = token.start
    switch lexeme {
    case .if: return try parseIf()
    case .while: return try parseWhile()
    case .for: return try parseFor()
    case .repeat: return try parseRepeat()
    case .function: return try parseFunctionStatement()
    case .local: return try parseLocal()
    case .return: return try parseReturn()
    case .goto: return try parseGoto()
    case .semicolon:
      try advance()
      return .empty
    case .do:
      try advance()
      let block = try parseBlock()
      try expect(.end, closing: .do, at: start)
      return .do(block)
    case .break:
      try advance()
      scopes.jump(to: FunctionScope.breakLabel, from: start)
      return .break
    default:
      return try parseExpressionStatement()
    }
  }

  private mutating func parseReturn() throws(LuaSyntaxError) -> Statement.Kind {
    try advance()
    var values: [Expression] = []
    if !token.endsBlock(withUntil: true), !token.is(.semicolon) { values = try parseExpressionList() }
    _ = try accept(.semicolon)
    return .return(values)
  }

  private mutating func parseGoto() throws(LuaSyntaxError) -> Statement.Kind {
    try advance()
    let label = try expectName("a name after 'goto'")
    scopes.jump(to: label.text, from: label.range.start)
    return .goto(label)
  }

  private mutating func parseLabel(into statements: inout [Statement]) throws(LuaSyntaxError) {
    let start = token.start
    try advance()
    let label = try expectName("a name after '::'")
    try expect(.doubleColon)
    statements.append(Statement(kind: .label(label), range: range(from: start)))
    // Lua reads these before it registers the label, to know whether the label ends the block.
    while token.is(.semicolon) || token.is(.doubleColon) { try parseStatement(into: &statements) }
    try scopes.addLabel(
      label, isLast: token.endsBlock(withUntil: false), at: token.errorPosition)
  }

  private mutating func parseExpressionStatement() throws(LuaSyntaxError) -> Statement.Kind {
    let first = try parseSuffixed(expecting: "a statement")
    guard token.is(.assign) || token.is(.comma) else {
      guard first.isCall else { throw expected(Self.assignmentOrCall) }
      return .call(first)
    }
    var targets = [first]
    while true {
      try checkTarget(targets[targets.count - 1])
      guard try accept(.comma) else { break }
      targets.append(try parseSuffixed())
      // Lua parses each target inside the previous one and counts the levels.
      try enterLevel()
    }
    try expect(.assign)
    let values = try parseExpressionList()
    leaveLevels(targets.count - 1)
    return .assignment(targets: targets, values: values)
  }

  private func checkTarget(_ target: Expression) throws(LuaSyntaxError) {
    guard target.isAssignable else {
      throw LuaSyntaxError(
        position: token.errorPosition, message: "cannot assign to this expression",
        hint: "only a variable, a field or an index can be assigned", related: target.range.start)
    }
    if case .name(let use) = target.kind { try checkWritable(use) }
  }

  /// Throws for a write to a variable with an attribute.
  func checkWritable(_ use: NameUse) throws(LuaSyntaxError) {
    guard let index = use.binding.localIndex, scopes.locals[index].attribute != nil else { return }
    throw refusal("attempt to assign to const variable '\(use.text)'", at: use.range.start)
  }
}

extension Expression {
  /// Whether the expression is a call, so that it can stand as a statement.
  fileprivate var isCall: Bool {
    if case .suffixed(_, let suffixes) = kind { return suffixes.last?.isCall ?? false }
    return false
  }

  /// Whether the expression can be the target of an assignment.
  fileprivate var isAssignable: Bool {
    switch kind {
    case .name: true
    case .suffixed(_, let suffixes): !(suffixes.last?.isCall ?? true)
    default: false
    }
  }
}

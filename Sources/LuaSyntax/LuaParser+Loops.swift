extension LuaParser {
  mutating func parseIf() throws(LuaSyntaxError) -> Statement.Kind {
    let start = token.start
    var clauses: [Statement.Clause] = []
    var otherwise: Block?
    repeat {
      try advance()
      let condition = try parseExpression()
      try expect(.then)
      clauses.append(Statement.Clause(condition: condition, block: try parseBlock()))
    } while token.is(.elseif)
    if try accept(.else) { otherwise = try parseBlock() }
    try expect(.end, closing: .if, at: start)
    return .if(clauses: clauses, otherwise: otherwise)
  }

  mutating func parseWhile() throws(LuaSyntaxError) -> Statement.Kind {
    let start = token.start
    try advance()
    let condition = try parseExpression()
    scopes.enterBlock(isLoop: true)
    try expect(.do)
    let body = try parseBlock()
    try expect(.end, closing: .while, at: start)
    try scopes.leaveBlock(at: token.errorPosition)
    return .while(condition: condition, body: body)
  }

  mutating func parseRepeat() throws(LuaSyntaxError) -> Statement.Kind {
    let start = token.start
    scopes.enterBlock(isLoop: true)
    scopes.enterBlock(isLoop: false)
    try advance()
    let body = try parseStatements()
    try expect(.until, closing: .repeat, at: start)
    let condition = try parseExpression()
    try scopes.leaveBlock(at: token.errorPosition)
    try scopes.leaveBlock(at: token.errorPosition)
    return .repeat(body: body, condition: condition)
  }

  mutating func parseFor() throws(LuaSyntaxError) -> Statement.Kind {
    let start = token.start
    scopes.enterBlock(isLoop: true)
    try advance()
    let first = try expectName("a name after 'for'")
    let kind: Statement.Kind
    if token.is(.assign) {
      kind = try parseNumericFor(first)
    } else if token.is(.comma) || token.is(.in) {
      kind = try parseGenericFor(first)
    } else {
      throw expected("'=' or 'in'")
    }
    try expect(.end, closing: .for, at: start)
    try scopes.leaveBlock(at: token.errorPosition)
    return kind
  }

  private mutating func parseNumericFor(_ name: Name) throws(LuaSyntaxError) -> Statement.Kind {
    try declareHidden(3, at: name)
    let variable = try declareLoop(name)
    try advance()
    let first = try parseExpression()
    try expect(.comma)
    let last = try parseExpression()
    let step = try accept(.comma) ? try parseExpression() : nil
    let body = try parseForBody(variables: 1)
    return .numericFor(variable: variable, first: first, last: last, step: step, body: body)
  }

  private mutating func parseGenericFor(_ name: Name) throws(LuaSyntaxError) -> Statement.Kind {
    try declareHidden(4, at: name)
    var variables = [try declareLoop(name)]
    while try accept(.comma) { variables.append(try declareLoop(try expectName())) }
    try expect(.in)
    let values = try parseExpressionList()
    let body = try parseForBody(variables: variables.count)
    return .genericFor(variables: variables, values: values, body: body)
  }

  private mutating func declareLoop(_ name: Name) throws(LuaSyntaxError) -> Int {
    try scopes.declare(name, role: .loop, at: token.errorPosition)
  }

  private mutating func declareHidden(_ count: Int, at name: Name) throws(LuaSyntaxError) {
    for _ in 0..<count {
      let hidden = Name(text: "(for state)", range: name.range)
      _ = try scopes.declare(hidden, role: .hidden, at: token.errorPosition)
    }
  }

  /// Parses the body of a `for` whose hidden locals and `count` variables have been declared.
  private mutating func parseForBody(variables count: Int) throws(LuaSyntaxError) -> Block {
    scopes.activate(keeping: count, from: token.start)
    try expect(.do)
    scopes.enterBlock(isLoop: false)
    scopes.activate(from: token.start)
    let body = try parseBlock()
    try scopes.leaveBlock(at: token.errorPosition)
    return body
  }
}

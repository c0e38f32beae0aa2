extension LuaParser {
  mutating func parseFunctionStatement() throws(LuaSyntaxError) -> Statement.Kind {
    let start = token.start
    try advance()
    let base = try resolve(try expectName("a name after 'function'"))
    var path: [Name] = []
    while try accept(.dot) { path.append(try expectName("a name after '.'")) }
    var method: Name?
    if try accept(.colon) {
      let name = try expectName("a name after ':'")
      path.append(name)
      method = name
    }
    let body = try parseFunctionBody(from: start, method: method)
    if path.isEmpty { try checkWritable(base) }
    return .function(Statement.FunctionTarget(base: base, path: path), body)
  }

  mutating func parseLocal() throws(LuaSyntaxError) -> Statement.Kind {
    try advance()
    let start = token.start
    guard try accept(.function) else { return try parseLocalVariables() }
    let name = try expectName("a name after 'local function'")
    let variable = try scopes.declare(name, role: .function, at: token.errorPosition)
    scopes.activate(from: token.start)
    return .localFunction(variable: variable, try parseFunctionBody(from: start, method: nil))
  }

  private mutating func parseLocalVariables() throws(LuaSyntaxError) -> Statement.Kind {
    var variables: [Int] = []
    var hasClose = false
    repeat {
      let name = try expectName("a name after 'local'")
      let variable = try scopes.declare(name, role: .variable, at: token.errorPosition)
      variables.append(variable)
      guard let (attribute, position) = try parseAttribute() else { continue }
      scopes.setAttribute(attribute, at: position, of: variable)
      if attribute == .close {
        if hasClose {
          throw refusal("multiple to-be-closed variables in local list", at: position)
        }
        hasClose = true
      }
    } while try accept(.comma)
    let values = try accept(.assign) ? try parseExpressionList() : []
    if let last = variables.last, let value = values.last, variables.count == values.count,
      scopes.locals[last].attribute == .const, isCompileTimeConstant(value)
    {
      scopes.markCompileTimeConstant(last)
    }
    scopes.activate(from: token.start)
    return .local(variables: variables, values: values)
  }

  private mutating func parseAttribute() throws(LuaSyntaxError)
    -> (LocalVariable.Attribute, SourcePosition)?
  {
    guard try accept(.less) else { return nil }
    let name = try expectName("an attribute")
    try expect(.greater)
    guard let attribute = LocalVariable.Attribute(rawValue: name.text) else {
      throw refusal(
        "unknown attribute '\(name.text)'", at: name.range.start,
        hint: "the attributes are <const> and <close>")
    }
    return (attribute, name.range.start)
  }

  /// Parses parameters, statements and `end`; `start` is the position of the word `function`.
  mutating func parseFunctionBody(
    from start: SourcePosition, method: Name?
  ) throws(LuaSyntaxError) -> FunctionBody {
    scopes.openFunction(line: start.line)
    let number = scopes.functionNumber
    try expect(.leftParenthesis)
    var parameters: [Int] = []
    if let method {
      let name = Name(text: "self", range: method.range)
      parameters.append(try scopes.declare(name, role: .implicitSelf, at: token.errorPosition))
    }
    try parseParameters(into: &parameters)
    try expect(.rightParenthesis)
    scopes.activate(from: token.start)
    let isVararg = scopes.isVararg
    let block = try parseStatements()
    try expect(.end, closing: .function, at: start)
    try scopes.closeFunction(at: token.errorPosition)
    return FunctionBody(
      number: number, parameters: parameters, isVararg: isVararg, isMethod: method != nil, block: block,
      range: range(from: start))
  }

  private mutating func parseParameters(into parameters: inout [Int]) throws(LuaSyntaxError) {
    guard !token.is(.rightParenthesis) else { return }
    repeat {
      if try accept(.ellipsis) {
        scopes.isVararg = true
        return
      }
      let name = try expectName("a name or '...'")
      let role = LocalVariable.Role.parameter(index: parameters.count)
      parameters.append(try scopes.declare(name, role: role, at: token.errorPosition))
    } while try accept(.comma)
  }

  /// Whether Lua knows the value at compile time; such a constant needs no upvalue.
  private func isCompileTimeConstant(_ expression: Expression) -> Bool {
    let inner = expression.unwrapped
    switch inner.kind {
    case .nil, .boolean, .string: return true
    case .unary(.not, let operand): return isCompileTimeConstant(operand)
    case .name(let use):
      guard let index = use.binding.localIndex else { return false }
      return scopes.locals[index].isCompileTimeConstant
    default: return isFoldedNumber(inner)
    }
  }

  private func isFoldedNumber(_ expression: Expression) -> Bool {
    let inner = expression.unwrapped
    switch inner.kind {
    case .integer, .float: return true
    case .unary(.negate, let operand), .unary(.complement, let operand): return isFoldedNumber(operand)
    case .binary(let first, let steps):
      let arithmetic: Set<BinaryOperator> = [.add, .subtract, .multiply, .power, .divide]
      return isFoldedNumber(first)
        && steps.allSatisfy { arithmetic.contains($0.operation) && isFoldedNumber($0.operand) }
    default: return false
    }
  }
}

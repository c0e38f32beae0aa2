extension Statement {
  /// Visits the direct child expressions, blocks and functions of a statement, in source order. It does not descend: a
  /// closure calls this again to walk the whole tree.
  package func forEachPart(
    expression: (Expression) -> Void, block: (Block) -> Void, function: (FunctionBody) -> Void
  ) {
    switch kind {
    case .empty, .label, .goto, .break: break
    case .local(_, let values), .return(let values): values.forEach(expression)
    case .assignment(let targets, let values):
      targets.forEach(expression)
      values.forEach(expression)
    case .call(let call): expression(call)
    case .do(let body): block(body)
    case .while(let condition, let body):
      expression(condition)
      block(body)
    case .repeat(let body, let condition):
      block(body)
      expression(condition)
    case .if(let clauses, let otherwise):
      for clause in clauses {
        expression(clause.condition)
        block(clause.block)
      }
      otherwise.map(block)
    case .numericFor(_, let first, let last, let step, let body):
      expression(first)
      expression(last)
      step.map(expression)
      block(body)
    case .genericFor(_, let values, let body):
      values.forEach(expression)
      block(body)
    case .function(_, let body), .localFunction(_, let body): function(body)
    }
  }
}

extension Expression {
  /// Visits the direct child expressions and functions of an expression, in source order; see `Statement.forEachPart`.
  package func forEachPart(expression: (Expression) -> Void, function: (FunctionBody) -> Void) {
    switch kind {
    case .nil, .boolean, .integer, .float, .string, .vararg, .name: break
    case .function(let body): function(body)
    case .parenthesized(let inner): expression(inner)
    case .unary(_, let operand): expression(operand)
    case .binary(let first, let steps):
      expression(first)
      for step in steps { expression(step.operand) }
    case .table(let table):
      for entry in table.entries {
        switch entry {
        case .item(let value), .named(_, let value): expression(value)
        case .keyed(let key, let value):
          expression(key)
          expression(value)
        }
      }
    case .suffixed(let base, let suffixes):
      expression(base)
      for suffix in suffixes {
        switch suffix.kind {
        case .field: break
        case .index(let key): expression(key)
        case .call(let arguments), .method(_, let arguments): arguments.forEach(expression)
        }
      }
    }
  }
}

import LuaSyntax

/// What a policy compares with: the numbers and texts in its source, and the attributes that it names.
struct SourceLiterals {
  private(set) var integers: Set<Int64> = []
  private(set) var numbers: Set<Double> = []
  private(set) var texts: Set<String> = []
  /// Names that follow `attributes`.
  private(set) var attributes: Set<String> = []

  /// Of a source that cannot be parsed nothing is known.
  init(_ source: [UInt8]) {
    guard let chunk = try? LuaParser.parse(source) else { return }
    visit(chunk.block)
  }

  // MARK: - The walk

  private mutating func visit(_ block: Block) {
    for statement in block.statements { visit(statement) }
  }

  private mutating func visit(_ expressions: [Expression]) {
    for expression in expressions { visit(expression) }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .empty, .label, .goto, .break: break
    case .local(_, let values), .return(let values): visit(values)
    case .assignment(let targets, let values): visit(targets + values)
    case .call(let call): visit(call)
    case .do(let block): visit(block)
    case .while(let condition, let body), .repeat(let body, let condition):
      visit(condition)
      visit(body)
    case .if(let clauses, let otherwise):
      for clause in clauses {
        visit(clause.condition)
        visit(clause.block)
      }
      if let otherwise { visit(otherwise) }
    case .numericFor(_, let first, let last, let step, let body):
      visit([first, last, step].compactMap(\.self))
      visit(body)
    case .genericFor(_, let values, let body):
      visit(values)
      visit(body)
    case .function(_, let body), .localFunction(_, let body): visit(body.block)
    }
  }

  private mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .nil, .boolean, .vararg, .name: break
    case .integer(let value): integers.insert(value)
    case .float(let value): numbers.insert(value)
    case .string: if let text = expression.stringText { texts.insert(text) }
    case .function(let body): visit(body.block)
    case .table(let table): visit(table)
    case .parenthesized(let inner), .unary(_, let inner): visit(inner)
    case .suffixed(let base, let suffixes): visit(base, suffixes)
    case .binary(let first, let steps):
      visit(first)
      for step in steps { visit(step.operand) }
    }
  }

  private mutating func visit(_ base: Expression, _ suffixes: [Expression.Suffix]) {
    visit(base)
    var isAttributes = false
    for suffix in suffixes {
      var names = false
      switch suffix.kind {
      case .field(let name):
        if isAttributes { attributes.insert(name.text) }
        names = name.text == "attributes"
      case .index(let key):
        if isAttributes, let text = key.stringText { attributes.insert(text) }
        visit(key)
      case .call(let arguments), .method(_, let arguments): visit(arguments)
      }
      isAttributes = names
    }
  }

  private mutating func visit(_ table: TableConstructor) {
    for entry in table.entries {
      switch entry {
      case .item(let value): visit(value)
      // A table's own names are often ids or tags: `local home = { KL = 'D1' }`.
      case .named(let name, let value):
        texts.insert(name.text)
        visit(value)
      case .keyed(let key, let value):
        visit(key)
        visit(value)
      }
    }
  }
}

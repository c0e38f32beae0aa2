import LuaSyntax

/// The values that a policy compares with: numbers and texts in its source, and the attributes that it uses.
struct SourceLiterals {
  private(set) var integers: Set<Int64> = []
  private(set) var numbers: Set<Double> = []
  private(set) var texts: Set<String> = []
  /// Names used after `attributes`.
  private(set) var attributes: Set<String> = []

  /// Empty for a source that cannot be parsed.
  init(_ source: [UInt8]) {
    guard let chunk = try? LuaParser.parse(source) else { return }
    visit(chunk.block)
  }

  // MARK: - Traversal

  private mutating func visit(_ block: Block) {
    for statement in block.statements { visit(statement) }
  }

  private mutating func visit(_ statement: Statement) {
    statement.forEachPart(
      expression: { visit($0) }, block: { visit($0) }, function: { visit($0.block) })
  }

  private mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .integer(let value): integers.insert(value)
    case .float(let value): numbers.insert(value)
    case .string: if let text = expression.stringText { texts.insert(text) }
    case .table(let table):
      // Keys of the policy's tables are often ids or tags: `local home = { KL = 'D1' }`.
      for case .named(let name, _) in table.entries { texts.insert(name.text) }
    case .suffixed(_, let suffixes): noteAttributes(suffixes)
    default: break
    }
    expression.forEachPart(expression: { visit($0) }, function: { visit($0.block) })
  }

  /// Collects the name after `.attributes`, as in `.city` or `['city']`.
  private mutating func noteAttributes(_ suffixes: [Expression.Suffix]) {
    for (suffix, next) in zip(suffixes, suffixes.dropFirst()) {
      guard case .field(let name) = suffix.kind, name.text == "attributes" else { continue }
      switch next.kind {
      case .field(let attribute): attributes.insert(attribute.text)
      case .index(let key): if let text = key.stringText { attributes.insert(text) }
      case .call, .method: break
      }
    }
  }
}

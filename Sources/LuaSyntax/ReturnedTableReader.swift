/// Collects the fields of a `ReturnedTable`.
struct ReturnedTableReader {
  private let chunk: Chunk
  /// The initial values of the top-level locals that are never assigned again, by index.
  private var initialValues: [Int: Expression] = [:]
  private(set) var fields: [ReturnedTable.Field] = []

  init(_ chunk: Chunk, scope: ScopeAnalysis) {
    self.chunk = chunk
    // Locals are matched by the position of their declaration, because an analysis leaves out the hidden ones.
    let written = Set(scope.locals.filter(\.isWritten).map(\.declaration.offset))
    func isConstant(_ index: Int) -> Bool { !written.contains(chunk.locals[index].range.start.offset) }
    for statement in chunk.block.statements {
      switch statement.kind {
      case .local(let variables, let values):
        for (variable, value) in zip(variables, values) where isConstant(variable) {
          initialValues[variable] = value.unwrapped
        }
      case .localFunction(let variable, let body) where isConstant(variable):
        initialValues[variable] = Expression(kind: .function(body), range: body.range)
      default:
        break
      }
    }
  }

  /// The initial value of a local that is never assigned again, resolved through other such locals.
  func initialValue(of index: Int) -> Expression? {
    var value = initialValues[index]
    // Each step leads to an earlier declaration, so the loop terminates.
    while case .name(let use) = value?.kind, let next = use.binding.localIndex { value = initialValues[next] }
    return value
  }

  mutating func read(_ table: TableConstructor) {
    for entry in table.entries {
      switch entry {
      case .item: break
      case .named(let name, let value): add(name.text, at: name.range.start, value)
      case .keyed(let key, let value): add(key.unwrapped, value)
      }
    }
  }

  /// Reads the assignments of top-level statements to fields of a local.
  mutating func readAssignments(to index: Int) {
    for statement in chunk.block.statements {
      switch statement.kind {
      case .assignment(let targets, let values):
        for (position, target) in targets.enumerated() {
          let value = position < values.count ? values[position] : nil
          readAssignment(of: value, to: target, local: index)
        }
      case .function(let target, let body):
        guard isTable(target.base, index), target.path.count == 1 else { break }
        let value = Expression(kind: .function(body), range: body.range)
        add(target.path[0].text, at: target.path[0].range.start, value)
      default:
        break
      }
    }
  }

  private mutating func readAssignment(of value: Expression?, to target: Expression, local index: Int) {
    guard case .suffixed(let base, let suffixes) = target.kind, suffixes.count == 1,
      case .name(let use) = base.unwrapped.kind, isTable(use, index)
    else { return }
    switch suffixes[0].kind {
    case .field(let name): add(name.text, at: name.range.start, value)
    case .index(let key): add(key.unwrapped, value)
    case .call, .method: break
    }
  }

  private func isTable(_ use: NameUse, _ index: Int) -> Bool {
    use.binding.localIndex == index
  }

  private mutating func add(_ key: Expression, _ value: Expression?) {
    guard let text = key.stringText else { return }
    add(text, at: key.range.start, value)
  }

  private mutating func add(_ name: String, at position: SourcePosition, _ value: Expression?) {
    let kind = value.map { self.kind(of: $0) } ?? .other
    fields.append(ReturnedTable.Field(name: name, position: position, value: kind))
  }

  private func kind(of value: Expression) -> ReturnedTable.Value {
    var inner = value.unwrapped
    if case .name(let use) = inner.kind, let index = use.binding.localIndex {
      guard let initial = initialValue(of: index) else { return .other }
      inner = initial
    }
    switch inner.kind {
    case .string: return .string(inner.stringText ?? "")
    case .integer(let number): return .number(Double(number))
    case .float(let number): return .number(number)
    case .unary(.negate, let operand):
      if case .number(let number) = kind(of: operand) { return .number(-number) }
      return .other
    case .boolean(let flag): return .boolean(flag)
    case .table(let table): return .table(table)
    case .function(let body):
      let names = body.parameters.map { chunk.locals[$0].name }
      return .function(parameters: names, isVararg: body.isVararg, range: body.range)
    case .nil, .vararg, .name, .parenthesized, .suffixed, .unary, .binary: return .other
    }
  }
}

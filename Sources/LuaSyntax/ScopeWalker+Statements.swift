extension ScopeWalker {
  mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .empty, .label, .goto, .break: break
    case .local(_, let values): visit(values)
    case .assignment(let targets, let values): visitAssignment(of: values, to: targets)
    case .call(let call): visit(call)
    case .do(let block): visit(block)
    case .while(let condition, let body):
      visit(condition)
      visit(body)
    case .repeat(let body, let condition):
      visit(body)
      visit(condition)
    case .if(let clauses, let otherwise):
      for clause in clauses {
        visit(clause.condition)
        visit(clause.block)
      }
      if let otherwise { visit(otherwise) }
    case .numericFor(_, let first, let last, let step, let body):
      visit([first, last])
      if let step { visit(step) }
      visit(body)
    case .genericFor(_, let values, let body):
      visit(values)
      visit(body)
    case .function(let target, let body): visitFunction(body, target: target)
    case .localFunction(_, let body): visit(body, key: nil)
    case .return(let values): visit(values)
    }
  }

  private mutating func visitAssignment(of values: [Expression], to targets: [Expression]) {
    for target in targets { visitTarget(target) }
    for (index, value) in values.enumerated() {
      visit(value, key: index < targets.count ? targets[index].lastKey : nil)
    }
  }

  private mutating func visitFunction(_ body: FunctionBody, target: Statement.FunctionTarget) {
    record(target.base, access: target.path.isEmpty ? .write : .read)
    if let first = target.path.first {
      let access: Access = target.path.count == 1 ? .write : .read
      record(first.text, at: first.range, of: target.base, access: access)
    }
    visit(body, key: target.path.last?.text)
  }
}

extension Expression {
  /// The constant name of the field a target ends in.
  fileprivate var lastKey: String? {
    guard case .suffixed(_, let suffixes) = kind else { return nil }
    switch suffixes.last?.kind {
    case .field(let name): return name.text
    case .index(let key): return key.unwrapped.stringText
    default: return nil
    }
  }
}

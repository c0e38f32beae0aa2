extension ScopeWalker {
  mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .assignment(let targets, let values): visitAssignment(of: values, to: targets)
    case .function(let target, let body): visitFunction(body, target: target)
    default:
      statement.forEachPart(
        expression: { visit($0) }, block: { visit($0) }, function: { visit($0, key: nil) })
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
  /// The constant name of the target's last field.
  fileprivate var lastKey: String? {
    guard case .suffixed(_, let suffixes) = kind else { return nil }
    switch suffixes.last?.kind {
    case .field(let name): return name.text
    case .index(let key): return key.unwrapped.stringText
    default: return nil
    }
  }
}

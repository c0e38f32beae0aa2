import LuaSyntax

extension Expression {
  /// One operator with its left and right operands.
  struct Operation {
    let left: Expression
    let operation: BinaryOperator
    /// The range of the operator itself.
    let range: SourceRange
    let right: Expression
  }

  /// The operators of a chain as pairs of operands; empty for a chain of more than 32, whose left operands would be long.
  var operations: [Operation] {
    guard case .binary(let first, let steps) = kind, steps.count <= 32 else { return [] }
    return steps.enumerated().map { place, step in
      let left =
        place == 0
        ? first
        : Expression(
          kind: .binary(first: first, steps: Array(steps[..<place])),
          range: SourceRange(start: first.range.start, end: steps[place - 1].operand.range.end))
      return Operation(
        left: left, operation: step.operation,
        range: SourceRange(step.position, count: step.operation.rawValue.utf8.count), right: step.operand)
    }
  }

  /// The operands joined by `and` or `or`; the expression itself if it is not joined.
  func parts(joinedBy operation: BinaryOperator) -> [Expression] {
    guard let last = unwrapped.operations.last, last.operation == operation else { return [unwrapped] }
    return last.left.parts(joinedBy: operation) + [last.right.unwrapped]
  }

  /// Every comparison in the expression, except inside functions.
  var comparisons: [Operation] {
    var found = operations.filter(\.operation.isComparison)
    forEachPart(expression: { found += $0.comparisons }, function: { _ in })
    return found
  }

  /// The first expression in it that matches, except inside functions.
  func first(where matches: (Expression) -> Bool) -> Expression? {
    if matches(self) { return self }
    var found: Expression?
    forEachPart(expression: { found = found ?? $0.first(where: matches) }, function: { _ in })
    return found
  }

  /// Whether the expression uses a local.
  func names(_ local: Int) -> Bool { first { $0.localIndex == local } != nil }

  /// The index of the local, if the expression is only its name.
  var localIndex: Int? {
    guard case .name(let use) = unwrapped.kind else { return nil }
    return use.binding.localIndex
  }

  /// The name of the global, if the expression is only its name.
  var globalName: String? {
    guard case .name(let use) = unwrapped.kind, use.binding == .global else { return nil }
    return use.text
  }

  /// The operand of the length operator, if the expression is `#operand`.
  var measured: Expression? {
    guard case .unary(.length, let operand) = unwrapped.kind else { return nil }
    return operand.unwrapped
  }

  /// The field's name, if the expression is only a field of the local: `device.load`.
  func field(of local: Int) -> String? {
    guard case .suffixed(let base, let suffixes) = unwrapped.kind, suffixes.count == 1, base.localIndex == local,
      case .field(let name) = suffixes[0].kind
    else { return nil }
    return name.text
  }

  /// The name of the last field access in the expression.
  var lastField: String? {
    guard case .suffixed(_, let suffixes) = unwrapped.kind, case .field(let name)? = suffixes.last?.kind else {
      return nil
    }
    return name.text
  }

  /// The arguments, if the expression is a call of this global function.
  func arguments(ofCallTo function: String) -> [Expression]? {
    guard case .suffixed(let base, let suffixes) = unwrapped.kind, suffixes.count == 1, base.globalName == function,
      case .call(let arguments) = suffixes[0].kind
    else { return nil }
    return arguments
  }
}

extension BinaryOperator {
  var isComparison: Bool {
    [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual].contains(self)
  }

  var isOrder: Bool { [.less, .lessOrEqual, .greater, .greaterOrEqual].contains(self) }
}

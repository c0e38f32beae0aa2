import LuaSyntax

/// Finds choices among equal devices that can change although the devices did not.
extension PolicyCheck.Walk {
  /// Checks the comparison function that sorts a list of devices.
  mutating func checkOrder(_ body: FunctionBody) {
    if let random = body.block.first(where: { $0.isCallOfRandom }) { addLots(random) }
    body.block.forEachReturn { value in
      for comparison in value.comparisons { checkTie(comparison, "equal devices change places") }
    }
  }

  /// Checks for comparisons that let the last of several equal devices win. Ids are never equal.
  private mutating func checkTie(_ comparison: Expression.Operation, _ what: String) {
    guard [.lessOrEqual, .greaterOrEqual].contains(comparison.operation),
      comparison.left.lastField != "id", comparison.right.lastField != "id"
    else { return }
    let strict = comparison.operation == .lessOrEqual ? "<" : ">"
    add(
      .unstableTieBreak, comparison.range, "with '\(comparison.operation.rawValue)' \(what)",
      "write '\(strict)': the first device of the fleet then wins, as in queries")
  }

  private mutating func addLots(_ random: Expression) {
    add(
      .unstableTieBreak, random.range, "each comparison draws a new random number",
      "draw once, before sorting, as in candidates[random(#candidates)]; or break ties by id")
  }

  /// Checks a loop that keeps the best device so far.
  mutating func checkBest(_ body: Block, of device: Int, since start: SourcePosition) {
    for statement in body.statements {
      guard case .if(let clauses, _) = statement.kind else { continue }
      for clause in clauses where !clause.block.leaves {
        let kept = clause.block.assigned.filter { locals[$0.local].range.start < start }
        guard kept.contains(where: { $0.value.localIndex == device }) else { continue }
        if let random = clause.condition.first(where: { $0.isCallOfRandom }) { addLots(random) }
        for comparison in clause.condition.comparisons {
          let sides = [(comparison.left, comparison.right), (comparison.right, comparison.left)]
          let isWithBest = sides.contains { one, other in
            one.names(device) && kept.contains { other.names($0.local) }
          }
          if isWithBest {
            checkTie(comparison, "the last of several equal devices wins, which may be a newly added one")
          }
        }
      }
    }
  }

  /// Checks how an index into a list of devices is computed.
  mutating func checkDraw(_ key: Expression, from list: SourceRange) {
    if let clock = key.first(where: { $0.globalName == "now" }) {
      add(
        .unstableTieBreak, clock.range, "the choice of the device depends on the clock",
        "use fleet:hash(contact.id), which is stable, or random, which depends on the decision's seed")
    }
    let name = String(decoding: source[list.start.offset..<list.end.offset], as: UTF8.self)
    let modulo = key.first { part in
      part.operations.contains { operation in
        operation.operation == .modulo && operation.right.measured.map { text(of: $0) } == name
          && operation.left.first { $0.isCallOfRandom } == nil
      }
    }
    guard let modulo, key.first(where: { $0.globalName == "now" }) == nil else { return }
    add(
      .unstableTieBreak, modulo.range, "with one more device, almost every contact gets another device",
      "use fleet:hash(contact.id): only the new device's share of contacts moves")
  }
}

extension Expression {
  var isCallOfRandom: Bool { arguments(ofCallTo: "random") != nil }
}

extension Block {
  /// The assignments to single locals directly in the block.
  var assigned: [(local: Int, value: Expression)] {
    statements.flatMap { statement -> [(local: Int, value: Expression)] in
      guard case .assignment(let targets, let values) = statement.kind, targets.count == values.count else { return [] }
      return zip(targets, values).compactMap { target, value in target.localIndex.map { ($0, value.unwrapped) } }
    }
  }

  /// Whether the block leaves the enclosing loop or the function.
  var leaves: Bool {
    switch statements.last?.kind {
    case .return, .break, .goto: true
    default: false
    }
  }

  /// The first matching expression in it, except inside functions.
  fileprivate func first(where matches: (Expression) -> Bool) -> Expression? {
    var found: Expression?
    for statement in statements where found == nil {
      statement.forEachPart(
        expression: { found = found ?? $0.first(where: matches) },
        block: { found = found ?? $0.first(where: matches) }, function: { _ in })
    }
    return found
  }

  /// Calls `body` with each returned value, in source order, except inside nested functions.
  func forEachReturn(_ body: (Expression) -> Void) {
    for statement in statements {
      if case .return(let values) = statement.kind { values.forEach(body) }
      statement.forEachPart(expression: { _ in }, block: { $0.forEachReturn(body) }, function: { _ in })
    }
  }
}

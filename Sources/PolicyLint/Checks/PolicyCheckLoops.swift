import LuaSyntax

/// Finds loops over devices that a query can replace, and loops that keep the best device so far.
extension PolicyCheck.Walk {
  /// A condition on the current device of a loop.
  private enum Demand {
    /// `device.can_accept_more`
    case accepts
    /// A condition that a filter can express: tag, platform, except.
    case filter(String)
    /// `device.id == x`
    case identity
    /// Whether its load is lower than that of the best device so far.
    case leastLoad
  }

  /// The source text of the list that a loop visits.
  func listVisited(by statement: Statement) -> String? { list(of: statement).map { text(of: $0) } }

  private func list(of statement: Statement) -> Expression? {
    switch statement.kind {
    case .genericFor(_, let values, _):
      values.count == 1 ? values[0].arguments(ofCallTo: "ipairs")?.first : nil
    case .numericFor(_, let first, let last, nil, _) where first.number == 1: last.measured
    default: nil
    }
  }

  mutating func checkLoop(_ statement: Statement) {
    guard let list = list(of: statement), let shape = shape(of: list), [.fleet, .devices].contains(shape) else {
      return
    }
    guard let (device, body) = device(of: statement, list) else { return }
    checkBest(body, of: device, since: statement.range.start)
    guard shape == .fleet, body.statements.count == 1, case .if(let clauses, nil) = body.statements[0].kind,
      clauses.count == 1, let query = query(clauses[0], device: device)
    else { return }
    add(.fleetLoop, list.range, "\(query) can replace this loop", "call the query instead")
  }

  /// The local that holds the device, and the statements that use it.
  private func device(of statement: Statement, _ list: Expression) -> (local: Int, body: Block)? {
    switch statement.kind {
    case .genericFor(let variables, _, let body): return variables.count == 2 ? (variables[1], body) : nil
    case .numericFor(let place, _, _, _, let body):
      // `local device = fleet[i]`
      guard case .local(let variables, let values)? = body.statements.first?.kind, variables.count == 1,
        values.count == 1, case .suffixed(let base, let suffixes) = values[0].unwrapped.kind, suffixes.count == 1,
        text(of: base) == text(of: list), case .index(let key) = suffixes[0].kind, key.localIndex == place
      else { return nil }
      return (variables[0], Block(statements: Array(body.statements.dropFirst()), range: body.range))
    default: return nil
    }
  }

  /// The query equivalent to a loop with this clause; nil if there is none.
  private func query(_ clause: Statement.Clause, device: Int) -> String? {
    var filter: [String] = []
    var (accepts, isOne, isLeast) = (false, false, false)
    for part in clause.condition.parts(joinedBy: .and) {
      guard let demand = demand(part, device, clause.block) else { return nil }
      switch demand {
      case .accepts: accepts = true
      case .filter(let text): filter.append(text)
      case .identity: isOne = true
      case .leastLoad: isLeast = true
      }
    }
    let given = filter.isEmpty ? "" : "{ \(filter.joined(separator: ", ")) }"
    if isOne { return filter.isEmpty && !isLeast && takes(clause.block, device) ? "fleet:get(id)" : nil }
    guard accepts else { return nil }
    if isLeast { return keeps(clause.block, device) ? "fleet:least_loaded(\(given))" : nil }
    if takes(clause.block, device) { return "fleet:first_available(\(given))" }
    return collects(clause.block, device) ? "fleet:available(\(given))" : nil
  }

  private func demand(_ part: Expression, _ device: Int, _ block: Block) -> Demand? {
    if part.field(of: device) == "can_accept_more" { return .accepts }
    if let arguments = part.arguments(ofCallTo: "contains"), arguments.count == 2,
      arguments[0].field(of: device) == "tags", !arguments[1].names(device)
    {
      return .filter("tag = \(text(of: arguments[1]))")
    }
    if isBetter(part, device, block) { return .leastLoad }
    guard let comparison = part.operations.last, part.operations.count == 1 else { return nil }
    for (one, other) in [(comparison.left, comparison.right), (comparison.right, comparison.left)]
    where !other.names(device) {
      switch (comparison.operation, one.field(of: device), one.localIndex == device) {
      case (.equal, "platform", _): return .filter("platform = \(text(of: other))")
      case (.equal, "id", _): return .identity
      case (.notEqual, "id", _), (.notEqual, nil, true): return .filter("except = \(text(of: other))")
      default: break
      }
    }
    return nil
  }

  /// Matches `not best or device.load < best.load`, or either side of it.
  private func isBetter(_ part: Expression, _ device: Int, _ block: Block) -> Bool {
    let kept = block.assigned.map(\.local)
    guard !kept.isEmpty else { return false }
    return part.parts(joinedBy: .or).allSatisfy { side in
      switch side.kind {
      case .unary(.not, let operand): return operand.localIndex.map(kept.contains) ?? false
      default: break
      }
      guard let comparison = side.operations.last, side.operations.count == 1 else { return false }
      let sides = [(comparison.left, comparison.right), (comparison.right, comparison.left)]
      if comparison.operation == .equal {
        return sides.contains { one, other in
          other.unwrapped.kind == .nil && (one.localIndex.map(kept.contains) ?? false)
        }
      }
      let (small, large) =
        [.less, .lessOrEqual].contains(comparison.operation) ? sides[0] : sides[1]
      return comparison.operation.isOrder && small.field(of: device) == "load"
        && kept.contains { large.localIndex == $0 || large.field(of: $0) == "load" }
    }
  }

  /// Matches `best = device`, with or without a copy of the load.
  private func keeps(_ block: Block, _ device: Int) -> Bool {
    block.statements.count == block.assigned.count
      && block.assigned.contains { $0.value.localIndex == device }
      && block.assigned.allSatisfy { $0.value.localIndex == device || $0.value.field(of: device) == "load" }
  }

  /// Matches `return ... device ...`, or `found = device` and `break`.
  private func takes(_ block: Block, _ device: Int) -> Bool {
    switch block.statements.last?.kind {
    case .return(let values): return block.statements.count == 1 && values.contains { $0.names(device) }
    case .break: return block.statements.count == 2 && block.assigned.map(\.value.localIndex) == [device]
    default: return false
    }
  }

  /// Matches `list[#list + 1] = device`, or `table.insert(list, device)`.
  private func collects(_ block: Block, _ device: Int) -> Bool {
    guard block.statements.count == 1 else { return false }
    switch block.statements[0].kind {
    case .assignment(let targets, let values):
      guard targets.count == 1, values.count == 1, values[0].localIndex == device,
        case .suffixed(let base, let suffixes) = targets[0].kind, suffixes.count == 1,
        case .index(let key) = suffixes[0].kind
      else { return false }
      return key.first { $0.measured.map { text(of: $0) } == text(of: base) } != nil
    case .call(let call):
      guard case .suffixed(let base, let suffixes) = call.kind, base.globalName == "table", suffixes.count == 2,
        case .field(let name) = suffixes[0].kind, name.text == "insert", case .call(let arguments) = suffixes[1].kind
      else { return false }
      return arguments.count == 2 && arguments[1].localIndex == device
    default: return false
    }
  }
}

import LuaSyntax
import Policies

extension PolicyCheck {
  /// Finds a `wait` that `select` returns only when no device can accept more, where `wait_for` is meant.
  ///
  /// Follows conditions, not values: a fact is kept only about locals that are assigned once. A function with a label or
  /// `goto` is skipped, and so is a `wait` that a condition about something else leads to: it may be meant to end at its
  /// time.
  struct CapacityWaits {
    private(set) var findings: [Finding] = []
    private var shapes: Shapes
    private let chunk: Chunk
    private let source: [UInt8]
    /// The function of the hook.
    private var hook: SourceRange?
    /// What the whole file asks about capacity.
    private var asked = Facts()

    /// A device whose `can_accept_more` a condition reads.
    private enum Device: Hashable {
      case local(Int)
      /// `contact.device`, by its source text.
      case text(String)
    }

    /// What is known at a place in the hook.
    private struct Facts {
      var truthy: Set<Int> = []
      var falsy: Set<Int> = []
      /// Devices that cannot accept more.
      var full: Set<Device> = []
      /// The queries that found no device: the text of the filter, empty without one, by the text of the fleet.
      var empty: [String: String] = [:]
      /// Whether the last condition on the way here was about something else than capacity.
      var isAside = false

      /// What holds whichever of two paths was taken.
      func common(with other: Facts) -> Facts {
        Facts(
          truthy: truthy.intersection(other.truthy), falsy: falsy.intersection(other.falsy),
          full: full.intersection(other.full), empty: empty.filter { other.empty[$0.key] == $0.value },
          isAside: isAside || other.isAside)
      }
    }

    init(_ chunk: Chunk, _ table: ReturnedTable?, _ source: [UInt8]) {
      (self.chunk, self.source) = (chunk, source)
      shapes = Shapes(chunk, table)
      guard case .function(_, _, let range)? = table?[name: PolicyVocabulary.Hook.select.name]?.value else { return }
      hook = range
      ask(chunk.block)
      visit(chunk.block)
    }

    // MARK: - The hook

    private mutating func visit(_ block: Block) {
      for statement in block.statements {
        statement.forEachPart(expression: { visit($0) }, block: { visit($0) }, function: { visit($0) })
      }
    }

    private mutating func visit(_ expression: Expression) {
      expression.forEachPart(expression: { visit($0) }, function: { visit($0) })
    }

    private mutating func visit(_ body: FunctionBody) {
      if body.range == hook {
        if !body.block.hasJumps { _ = follow(body.block, Facts()) }
      } else {
        visit(body.block)
      }
    }

    /// The facts after a block; nil if execution does not continue after it.
    private mutating func follow(_ block: Block, _ facts: Facts) -> Facts? {
      var facts = facts
      for statement in block.statements {
        guard let after = follow(statement, facts) else { return nil }
        facts = after
      }
      return facts
    }

    private mutating func follow(_ statement: Statement, _ facts: Facts) -> Facts? {
      switch statement.kind {
      case .return(let values):
        if values.count == 1 { check(values[0], facts) }
        return nil
      case .break: return nil
      case .do(let block): return follow(block, facts)
      case .if(let clauses, let otherwise): return follow(clauses, otherwise, facts)
      case .while(let condition, let body):
        _ = follow(body, entering(condition, true, facts))
        return facts
      case .repeat(let body, _):
        _ = follow(body, facts)
        return facts
      case .numericFor(_, _, _, _, let body), .genericFor(_, _, let body):
        var inside = facts
        inside.isAside = true
        _ = follow(body, inside)
        return facts
      default: return facts
      }
    }

    private mutating func follow(_ clauses: [Statement.Clause], _ otherwise: Block?, _ facts: Facts) -> Facts? {
      let wasAside = facts.isAside
      var facts = facts
      var ends: [Facts] = []
      for clause in clauses {
        if let end = follow(clause.block, entering(clause.condition, true, facts)) { ends.append(end) }
        facts = entering(clause.condition, false, facts)
      }
      if let otherwise {
        if let end = follow(otherwise, facts) { ends.append(end) }
      } else {
        ends.append(facts)
      }
      guard let first = ends.first else { return nil }
      var common = ends.dropFirst().reduce(first) { $0.common(with: $1) }
      // Whatever the conditions were, execution goes on here.
      if ends.count == clauses.count + 1 { common.isAside = wasAside }
      return common
    }

    /// Checks a returned value: `wait(...)`, or one after `and` and `or`.
    private mutating func check(_ value: Expression, _ facts: Facts) {
      let value = value.unwrapped
      if let last = value.operations.last, [.and, .or].contains(last.operation) {
        check(last.left, facts)
        return check(last.right, entering(last.left, last.operation == .and, facts))
      }
      guard case .suffixed(let base, let suffixes) = value.kind, suffixes.count == 1, base.globalName == "wait",
        case .call(let arguments) = suffixes[0].kind, !facts.isAside, !facts.empty.isEmpty || !facts.full.isEmpty
      else { return }
      let target = target(facts)
      findings.append(
        Finding(
          .capacityWait, base.range, "the contact waits for capacity, but not on a waitlist",
          target.map { "write wait_for(\($0), 'why', seconds)" }
            ?? "write wait_for(what, 'why', seconds), with a device, the fleet or a filter",
          fix: target.flatMap { fix(base.range, suffixes[0], arguments, $0) }))
    }
  }
}

// MARK: - Conditions

extension PolicyCheck.CapacityWaits {
  /// The facts where a condition leads that is true, or false.
  private mutating func entering(_ condition: Expression, _ isTrue: Bool, _ facts: Facts) -> Facts {
    var facts = facts
    if known(condition, facts) == nil { facts.isAside = true }
    return learning(condition, isTrue, facts)
  }

  /// The facts when a condition is true, or false. A fact about capacity ends `isAside`.
  private mutating func learning(_ condition: Expression, _ isTrue: Bool, _ facts: Facts) -> Facts {
    let condition = condition.unwrapped
    var facts = facts
    if case .unary(.not, let operand) = condition.kind { return learning(operand, !isTrue, facts) }
    for (operation, holds) in [(BinaryOperator.and, true), (.or, false)] {
      let parts = condition.parts(joinedBy: operation)
      guard parts.count > 1 else { continue }
      if isTrue == holds { return learning(all: parts, holds, facts) }
      // One part decides, if the others are known not to.
      let open = parts.filter { known($0, facts) != holds }
      return open.count == 1 ? learning(open[0], !holds, facts) : facts
    }
    if let (operand, isNothing) = comparedWithNothing(condition) {
      return learning(operand, isNothing != isTrue, facts)
    }
    if let list = emptyList(condition, isTrue) {
      if let (fleet, filter) = query(list, of: Self.lists) { (facts.empty[fleet], facts.isAside) = (filter, false) }
      return facts
    }
    learn(condition, isTrue, &facts)
    return facts
  }

  /// The facts when all parts of a condition are true, or all false.
  private mutating func learning(all parts: [Expression], _ isTrue: Bool, _ facts: Facts) -> Facts {
    var (after, isOther, isCapacity) = (facts, false, false)
    for part in parts {
      let isKnown = known(part, after) != nil
      after.isAside = true
      after = learning(part, isTrue, after)
      if !after.isAside { isCapacity = true } else if !isKnown, !isPresence(part) { isOther = true }
    }
    after.isAside = isCapacity ? isOther : facts.isAside || isOther
    return after
  }

  /// Whether a condition only asks if there is a device: a local, `contact.device`, or one of them compared with nil.
  private mutating func isPresence(_ condition: Expression) -> Bool {
    let condition = condition.unwrapped
    if case .unary(.not, let operand) = condition.kind { return isPresence(operand) }
    if let (operand, _) = comparedWithNothing(condition) { return isPresence(operand) }
    return shapes.shape(of: condition) == .device
  }

  private mutating func learn(_ condition: Expression, _ isTrue: Bool, _ facts: inout Facts) {
    if let device = deviceAsked(condition) {
      if case .local(let local) = device { facts.truthy.insert(local) }
      if !isTrue {
        facts.full.insert(device)
        facts.isAside = false
      }
      return
    }
    if let local = condition.localIndex, shapes.soleValue(of: local) != nil || isParameter(local) {
      if isTrue { facts.truthy.insert(local) } else { facts.falsy.insert(local) }
    }
    guard !isTrue, let (fleet, filter) = query(condition, of: Self.devices) else { return }
    facts.isAside = false
    // No device at all says more than none of a filter, and two filters are more than one can name.
    if facts.empty[fleet] == "" { return }
    facts.empty[fleet] = facts.empty[fleet] == nil || filter.isEmpty ? filter : Self.several
  }

  /// Whether an expression is certainly true or false here; nil if that is open.
  private mutating func known(_ expression: Expression, _ facts: Facts) -> Bool? {
    let expression = expression.unwrapped
    switch expression.kind {
    case .unary(.not, let operand): return known(operand, facts).map { !$0 }
    case .nil, .boolean(false): return false
    case .integer, .float, .string, .table, .function, .boolean(true): return true
    default: break
    }
    if let local = expression.localIndex {
      return facts.truthy.contains(local) ? true : facts.falsy.contains(local) ? false : nil
    }
    return shapes.shape(of: expression) == .verdict ? true : nil
  }

  /// The operand of a comparison with nil, and whether the comparison is `==`.
  private func comparedWithNothing(_ condition: Expression) -> (Expression, Bool)? {
    let operations = condition.operations
    guard operations.count == 1, [.equal, .notEqual].contains(operations[0].operation) else { return nil }
    for (one, other) in [(operations[0].left, operations[0].right), (operations[0].right, operations[0].left)]
    where other.unwrapped.kind == .nil {
      return (one, operations[0].operation == .equal)
    }
    return nil
  }

  /// The list that is empty if `#list == 0` is true, or `#list > 0` or `#list ~= 0` false.
  private func emptyList(_ condition: Expression, _ isTrue: Bool) -> Expression? {
    let operations = condition.operations
    guard operations.count == 1, let list = operations[0].left.unwrapped.measured, operations[0].right.number == 0
    else {
      return nil
    }
    let isEmpty = operations[0].operation == .equal
    guard isEmpty || [.greater, .notEqual].contains(operations[0].operation) else { return nil }
    return isEmpty == isTrue ? list : nil
  }
}

// MARK: - Capacity

extension PolicyCheck.CapacityWaits {
  private static let devices = ["least_loaded", "first_available"]
  private static let lists = ["available"]
  /// Stands for more than one filter; no source has it.
  private static let several = "\u{0}"

  private func isParameter(_ local: Int) -> Bool { chunk.locals[local].parameterIndex != nil }

  /// The fleet and the filter of a query, called here or where the local got its only value.
  private mutating func query(_ expression: Expression, of names: [String]) -> (fleet: String, filter: String)? {
    let value = expression.localIndex.flatMap { shapes.soleValue(of: $0) } ?? expression.unwrapped
    guard case .suffixed(let base, let suffixes) = value.kind, suffixes.count == 1,
      case .method(let name, let arguments) = suffixes[0].kind, names.contains(name.text),
      shapes.shape(of: base) == .fleet, arguments.count <= 1
    else { return nil }
    guard let filter = arguments.first, filter.unwrapped.kind != .nil else { return (text(base), "") }
    if case .table(let table) = filter.unwrapped.kind, table.entries.isEmpty { return (text(base), "") }
    return (text(base), text(filter))
  }

  /// The device of `device.can_accept_more`.
  private mutating func deviceAsked(_ expression: Expression) -> Device? {
    guard case .suffixed(let base, let suffixes) = expression.unwrapped.kind, let last = suffixes.last,
      PolicyCheck.Chain.member(last)?.name == "can_accept_more"
    else { return nil }
    if suffixes.count == 1, let local = base.localIndex {
      return shapes.shape(of: base) == .device && shapes.soleValue(of: local) != nil ? .local(local) : nil
    }
    guard suffixes.count == 2, PolicyCheck.Chain.member(suffixes[0])?.name == "device",
      shapes.shape(of: base) == .contact
    else { return nil }
    return .text("\(text(base)).device")
  }

  /// Collects every question about capacity in the file, so that a fix is offered only if it leaves none out.
  private mutating func ask(_ block: Block) {
    for statement in block.statements {
      statement.forEachPart(expression: { ask($0) }, block: { ask($0) }, function: { ask($0.block) })
    }
  }

  private mutating func ask(_ expression: Expression) {
    if case .suffixed(_, let suffixes) = expression.kind {
      if let device = deviceAsked(expression) {
        asked.full.insert(device)
      } else if suffixes.contains(where: { Self.capacityNames.contains(PolicyCheck.Chain.member($0)?.name ?? "") }) {
        let found = query(expression, of: Self.devices + Self.lists)
        asked.empty[found.map { "\($0.fleet) \($0.filter)" } ?? Self.several] = ""
      }
    }
    expression.forEachPart(expression: { ask($0) }, function: { ask($0.block) })
  }

  private static let capacityNames = [
    "can_accept_more", "headroom", "load", "queued", "online", "status", "least_loaded", "first_available", "available",
    "candidates", "hash", "get",
  ]

  /// What the contact waits for, as source text; nil if that is not certain.
  private func target(_ facts: Facts) -> String? {
    if let fleet = facts.empty.first(where: { $0.value.isEmpty })?.key { return isOneName(fleet) ? fleet : nil }
    if facts.full.isEmpty, facts.empty.count == 1, let (fleet, filter) = facts.empty.first, filter != Self.several,
      asked.full.isEmpty, asked.empty.keys.elementsEqual(["\(fleet) \(filter)"]), isPlain(filter)
    {
      return filter
    }
    guard facts.empty.isEmpty, facts.full.count == 1, asked.full == facts.full, asked.empty.isEmpty else { return nil }
    switch facts.full.first {
    case .local(let local)?: return isOneName(chunk.locals[local].name) ? chunk.locals[local].name : nil
    case .text(let text)?: return text
    case nil: return nil
    }
  }

  /// Whether at most one local of the hook has this name, so that the name means the same everywhere in it.
  private func isOneName(_ name: String) -> Bool {
    guard let hook else { return false }
    return chunk.locals.count { local in
      local.name == name && local.range.start >= hook.start && local.range.end <= hook.end
    } <= 1
  }

  /// Whether a filter is a constructor of literals, which means the same everywhere.
  private func isPlain(_ filter: String) -> Bool {
    filter.hasPrefix("{")
      && filter.wholeMatch(of: /\{(\s*[a-z]+\s*=\s*('[^'\\]*'|"[^"\\]*"|params\.[a-zA-Z0-9_]+)\s*,?)*\}/) != nil
  }

  private func fix(
    _ name: SourceRange, _ call: Expression.Suffix, _ arguments: [Expression], _ target: String
  ) -> PolicyCheck.Fix? {
    guard let first = arguments.first, source[call.range.start.offset] == UInt8(ascii: "(") else { return nil }
    let place = SourceRange(start: first.range.start, end: first.range.start)
    return PolicyCheck.Fix(
      summary: "'wait' becomes 'wait_for', for \(target)",
      edits: [.init(range: name, text: "wait_for"), .init(range: place, text: "\(target), ")])
  }

  private func text(_ expression: Expression) -> String {
    let range = expression.unwrapped.range
    return String(decoding: source[range.start.offset..<range.end.offset], as: UTF8.self)
  }
}

extension Block {
  /// Whether the block has a label or `goto`, except in nested functions.
  fileprivate var hasJumps: Bool {
    statements.contains { statement in
      switch statement.kind {
      case .label, .goto: return true
      default: break
      }
      var found = false
      statement.forEachPart(expression: { _ in }, block: { found = found || $0.hasJumps }, function: { _ in })
      return found
    }
  }
}

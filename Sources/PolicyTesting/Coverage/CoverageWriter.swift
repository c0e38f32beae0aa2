import LuaSandbox
import LuaSyntax
import Policies

/// Traverses a policy's syntax tree in source order, numbers the counters, and collects the positions of the counting
/// calls.
struct CoverageWriter {
  private(set) var countMax = 0
  private(set) var spots: [CoverageMap.Spot] = []
  private(set) var branches: [CoverageMap.Branch] = []
  private(set) var functions: [CoverageMap.Function] = []

  private let chunk: Chunk
  /// Text to insert before the code at an offset, outer calls first.
  private var openers: [(offset: Int, text: String)] = []
  /// Text to insert after the code that ends at an offset, outer calls first.
  private var closers: [(offset: Int, text: String)] = []
  /// The spot that contains the current code.
  private var spot = 0
  /// The names of functions that are assigned to fields or variables.
  private var fieldNames: [Int: String] = [:]

  init(_ chunk: Chunk) { self.chunk = chunk }

  mutating func write() { _ = visit(chunk.block, cause: .chunk) }

  /// The source with the counting calls inserted.
  func applied(to source: [UInt8]) -> [UInt8] {
    // At the same offset, closing text comes before opening text, and the inner of two closing texts first.
    let ends = closers.enumerated().map { (offset: $1.offset, order: (0, -$0), text: $1.text) }
    let starts = openers.enumerated().map { (offset: $1.offset, order: (1, $0), text: $1.text) }
    let edits = (ends + starts).sorted { ($0.offset, $0.order.0, $0.order.1) < ($1.offset, $1.order.0, $1.order.1) }
    var result: [UInt8] = []
    result.reserveCapacity(source.count + edits.count * 14)
    var copied = 0
    for edit in edits {
      result += source[copied..<edit.offset]
      result += edit.text.utf8
      copied = edit.offset
    }
    return result + source[copied...]
  }

  // MARK: - Counters

  private mutating func newCount() -> Int {
    countMax += 1
    return countMax - 1
  }

  private mutating func open(_ position: SourcePosition, _ text: String) { openers.append((position.offset, text)) }
  private mutating func close(_ position: SourcePosition, _ text: String) { closers.append((position.offset, text)) }

  private mutating func newSpot(_ line: Int, _ counts: CoverageMap.Counts, _ cause: CoverageMap.Cause) -> Int {
    spots.append(CoverageMap.Spot(line: line, counts: counts, cause: cause))
    return spots.count - 1
  }

  private mutating func newBranch(
    _ kind: CoverageMap.Branch.Kind, at position: SourcePosition, isPossible: [Bool] = [true, true]
  ) -> Int {
    let counts = [newCount(), newCount()]
    branches.append(
      CoverageMap.Branch(
        kind: kind, line: position.line, column: position.column, counts: counts, spot: spot, isPossible: isPossible))
    return branches.count - 1
  }

  /// Counts whether the value of the code from `start` to `end` is true or false.
  private mutating func weigh(
    _ kind: CoverageMap.Branch.Kind, at position: SourcePosition, from start: SourcePosition, to end: SourcePosition,
    isPossible: [Bool]
  ) -> Int {
    let branch = newBranch(kind, at: position, isPossible: isPossible)
    open(start, " \(ScriptProbes.weigh)(\(branches[branch].counts[0]),")
    close(end, ")")
    return branch
  }

  private mutating func condition(_ condition: Expression) -> Int {
    let range = condition.range
    let branch = weigh(
      .condition, at: range.start, from: range.start, to: range.end, isPossible: condition.possibleTruths)
    visit(condition)
    return branch
  }

  // MARK: - Statements

  /// Returns the spot of the last statement; nil for an empty block.
  @discardableResult
  private mutating func visit(_ block: Block, cause: CoverageMap.Cause) -> Int? {
    var cause = cause
    var last: Int?
    for statement in block.statements {
      switch statement.kind {
      // A jump over declarations to a label is allowed only if the label is the last statement of the block.
      case .empty, .label: continue
      default: break
      }
      let count = newCount()
      open(statement.range.start, " \(ScriptProbes.reach)(\(count));")
      let place = newSpot(statement.range.start.line, [count], cause)
      let outer = spot
      spot = place
      visit(statement)
      spot = outer
      (cause, last) = (.after(place), place)
    }
    return last
  }

  private mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .local(let variables, let values):
      for (index, value) in values.enumerated() {
        if index < variables.count { name(value, chunk.locals[variables[index]].name) }
        visit(value)
      }
    case .assignment(let targets, let values):
      for target in targets { visit(target) }
      for (index, value) in values.enumerated() {
        if index < targets.count { name(value, targets[index].lastName) }
        visit(value)
      }
    case .empty, .label, .goto, .break, .call, .return:
      statement.forEachPart(expression: { visit($0) }, block: { _ in }, function: { _ in })
    case .do(let block): visit(block, cause: .after(spot))
    case .while(let test, let body):
      let branch = loop(at: statement.range.start, isPossible: test.possibleTruths)
      open(statement.range.start, " \(ScriptProbes.begin)(\(branches[branch].counts[0]));")
      visit(test)
      enter(branch, body)
    case .repeat(let body, let test): visitRepeat(body, test)
    case .if(let clauses, let otherwise): visitIf(clauses, otherwise)
    case .numericFor(_, let first, let last, let step, let body):
      let always = first.integer.flatMap { from in last.integer.map { from <= $0 } } == true && step == nil
      let branch = loop(at: statement.range.start, isPossible: [true, !always])
      begin(branch, step ?? last)
      for expression in [first, last, step].compactMap(\.self) { visit(expression) }
      enter(branch, body)
    case .genericFor(_, let values, let body):
      let branch = loop(at: statement.range.start)
      if let last = values.last { begin(branch, last) }
      for value in values { visit(value) }
      enter(branch, body)
    case .function(let target, let body):
      visit(body, name: ([target.base.text] + target.path.map(\.text)).joined(separator: "."))
    case .localFunction(let variable, let body): visit(body, name: chunk.locals[variable].name)
    }
  }

  private mutating func visitIf(_ clauses: [Statement.Clause], _ otherwise: Block?) {
    let outer = spot
    var last: CoverageMap.Arm?
    for (index, clause) in clauses.enumerated() {
      if let last {
        // The condition of an `elseif` is evaluated as often as the previous one was false.
        spot = newSpot(clause.condition.range.start.line, [branches[last.branch].counts[1]], .arm(last))
      }
      let branch = condition(clause.condition)
      visit(clause.block, cause: .arm(.init(branch: branch, way: 0)))
      last = .init(branch: branch, way: 1)
      if otherwise == nil, index == clauses.count - 1 { spots[outer].exits.append(last!) }
    }
    if let otherwise, let last { visit(otherwise, cause: .arm(last)) }
    spot = outer
  }

  private mutating func visitRepeat(_ body: Block, _ test: Expression) {
    let outer = spot
    let before = visit(body, cause: .after(outer)) ?? outer
    let branch = condition(test)
    let counts = branches[branch].counts
    _ = newSpot(test.range.start.line, counts, .after(before))
    spots[outer].exits.append(.init(branch: branch, way: 0))
  }

  private mutating func loop(at position: SourcePosition, isPossible: [Bool] = [true, true]) -> Int {
    newBranch(.loop, at: position, isPossible: isPossible)
  }

  private mutating func begin(_ branch: Int, _ last: Expression) {
    open(last.range.start, " \(ScriptProbes.begin)(\(branches[branch].counts[0]),")
    close(last.range.end, ")")
  }

  private mutating func enter(_ branch: Int, _ body: Block) {
    open(body.range.start, " \(ScriptProbes.enter)(\(branches[branch].counts[0]));")
    visit(body, cause: .arm(.init(branch: branch, way: 0)))
  }

  // MARK: - Functions

  private mutating func name(_ value: Expression, _ name: String?) {
    if case .function(let body) = value.unwrapped.kind, let name { fieldNames[body.number] = name }
  }

  private mutating func visit(_ body: FunctionBody, name: String?) {
    let line = body.range.start.line
    let count = newCount()
    let name = name ?? fieldNames[body.number]
    var title = name ?? "function at line \(line)"
    if functions.contains(where: { $0.name == title }) { title += " at line \(line)" }
    while functions.contains(where: { $0.name == title }) { title += "'" }
    let hooks = PolicyVocabulary.Hook.allCases.filter { $0 != .select }.map(\.name)
    functions.append(
      CoverageMap.Function(
        name: title, line: line, count: count, isUnaskedHook: name.map(hooks.contains) ?? false))
    open(body.block.range.start, " \(ScriptProbes.reach)(\(count));")
    visit(body.block, cause: .function(functions.count - 1))
  }

  // MARK: - Expressions

  private mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .table(let table): visit(table)
    case .binary(let first, let steps): visit(first, steps)
    default: expression.forEachPart(expression: { visit($0) }, function: { visit($0, name: nil) })
    }
  }

  private mutating func visit(_ table: TableConstructor) {
    for entry in table.entries {
      switch entry {
      case .item(let value): visit(value)
      case .named(let key, let value):
        name(value, key.text)
        visit(value)
      case .keyed(let key, let value):
        name(value, key.stringText)
        visit(key)
        visit(value)
      }
    }
  }

  /// `a == b and c or d`: counts the left side of each `and` and `or`. In `a and b and c` these are `a`, then `b`: if the
  /// chain ends at `a`, the second `and` was not reached.
  private mutating func visit(_ first: Expression, _ steps: [Expression.BinaryStep]) {
    let outer = spot
    // The longest left side begins first and is the outermost call.
    var branchOf: [Int: Int] = [:]
    for (index, step) in steps.enumerated().reversed() where step.operation.isShortCircuit {
      let isChain = index > 0 && steps[index - 1].operation == step.operation
      let before = index > 0 ? steps[index - 1].operand : first
      let start = isChain ? before.range.start : first.range.start
      branchOf[index] = weigh(
        step.operation == .and ? .and : .or, at: step.position, from: start, to: before.range.end,
        isPossible: index == 0 || isChain ? before.possibleTruths : [true, true])
    }
    visit(first)
    var line = first.range.end.line
    for (index, step) in steps.enumerated() {
      let start = step.operand.range.start.line
      if let branch = branchOf[index] {
        let way = step.operation == .and ? 0 : 1
        if start > line {
          let count = branches[branch].counts[way]
          spot = newSpot(start, [count], .arm(.init(branch: branch, way: way)))
        }
      }
      visit(step.operand)
      line = step.operand.range.end.line
    }
    spot = outer
  }
}

extension BinaryOperator {
  fileprivate var isShortCircuit: Bool { self == .and || self == .or }
}

extension Expression {
  /// Whether the expression can be true, and whether it can be false; a constant has only one truth value.
  fileprivate var possibleTruths: [Bool] {
    switch unwrapped.kind {
    case .nil, .boolean(false): [false, true]
    case .boolean(true), .integer, .float, .string, .table, .function: [true, false]
    default: [true, true]
    }
  }

  fileprivate var integer: Int64? {
    if case .integer(let value) = unwrapped.kind { return value }
    return nil
  }

  /// The name for a function in the assignments `f = function` and `t.f = function`.
  fileprivate var lastName: String? {
    switch kind {
    case .name(let use): return use.text
    case .suffixed(_, let suffixes):
      switch suffixes.last?.kind {
      case .field(let name): return name.text
      case .index(let key): return key.stringText
      default: return nil
      }
    default: return nil
    }
  }
}

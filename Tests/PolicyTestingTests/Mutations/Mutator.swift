import LuaSyntax
import Policies
import Routing

/// Creates every mutant of a policy that the rules allow, in file order. No two have the same source.
struct Mutator {
  private let policy: String
  private let source: [UInt8]
  private(set) var mutants: [Mutant] = []
  private var locals: [LocalVariable] = []
  private var seen: Set<[UInt8]> = []

  init(_ policy: String, _ source: [UInt8]) throws {
    (self.policy, self.source) = (policy, source)
    let chunk = try LuaParser.parse(source)
    locals = chunk.locals
    seen = [source]
    visit(chunk.block)
  }

  /// Selects this many mutants of all policies by a seed; all of them, in a random order, if there are fewer.
  static func draw(_ count: Int, of policies: [(name: String, source: [UInt8])], seed: UInt64) throws -> [Mutant] {
    var all = try policies.flatMap { try Mutator($0.name, $0.source).mutants }
    var random = SeededRandom(seed: seed)
    for place in all.indices.reversed() where place > 0 {
      all.swapAt(place, Int(random.next() % UInt64(place + 1)))
    }
    return Array(all.prefix(count))
  }

  // MARK: - Changes

  private func text(_ range: SourceRange) -> String {
    String(decoding: source[range.start.offset..<range.end.offset], as: UTF8.self)
  }

  private mutating func replace(_ start: Int, _ end: Int, _ new: String, _ slip: Mutant.Slip, line: Int) {
    let changed = Array(source[..<start]) + Array(new.utf8) + Array(source[end...])
    guard seen.insert(changed).inserted else { return }
    let old = String(decoding: source[start..<end], as: UTF8.self)
    mutants.append(
      Mutant(policy: policy, slip: slip, line: line, change: "`\(old)` → `\(new)`", source: changed))
  }

  private mutating func replace(_ range: SourceRange, _ new: String, _ slip: Mutant.Slip) {
    replace(range.start.offset, range.end.offset, new, slip, line: range.start.line)
  }

  // MARK: - Traversal

  private mutating func visit(_ block: Block) {
    for statement in block.statements { visit(statement) }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .empty, .label, .goto, .break: break
    case .local(_, let values):
      for value in values {
        replace(value.range, "nil", .statementDropped)
        visit(value)
      }
    case .assignment(_, let values):
      replace(statement.range, "", .statementDropped)
      for value in values { visit(value) }
    case .call(let call):
      replace(statement.range, "", .statementDropped)
      visit(call)
    case .do(let block): visit(block)
    case .while(let condition, let body), .repeat(let body, let condition):
      visit(condition)
      visit(body)
    case .if(let clauses, let otherwise): visitIf(statement, clauses, otherwise)
    case .numericFor(_, let first, let last, let step, let body):
      for value in [first, last, step].compactMap(\.self) { visit(value) }
      visit(body)
    case .genericFor(_, let values, let body):
      for value in values { visit(value) }
      visit(body)
    case .function(_, let body), .localFunction(_, let body): visit(body.block)
    case .return(let values):
      let isOfHook = values.allSatisfy { if case .table = $0.kind { false } else { true } }
      if isOfHook, let value = values.first {
        // As a call whose value is ignored.
        replace(statement.range, text(value.range), .returnDropped)
        replace(statement.range, "", .statementDropped)
      }
      for value in values { visit(value) }
    }
  }

  private mutating func visitIf(_ statement: Statement, _ clauses: [Statement.Clause], _ otherwise: Block?) {
    replace(statement.range, "", .statementDropped)
    for clause in clauses {
      let condition = clause.condition
      replace(condition.range, "not (\(text(condition.range)))", .conditionNegated)
      replace(condition.range, "true", .conditionFixed)
      replace(condition.range, "false", .conditionFixed)
      visit(condition)
      visit(clause.block)
    }
    if let otherwise { visit(otherwise) }
  }

  private mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .nil, .vararg: break
    case .boolean(let value): replace(expression.range, value ? "false" : "true", .constantChanged)
    case .integer(let value):
      for other in [value - 1, value + 1, 0, value * 10] { replace(expression.range, "\(other)", .constantChanged) }
    case .float(let value): replace(expression.range, "\(value / 2)", .constantChanged)
    case .string: replace(expression.range, "'x'", .textChanged)
    case .function(let body): visit(body.block)
    case .name(let use):
      guard let index = use.binding.localIndex else { return }
      for local in locals where local.function == locals[index].function && local.name != use.text {
        replace(expression.range, local.name, .variableSwapped)
      }
    case .table(let table): visit(table)
    case .parenthesized(let inner), .unary(_, let inner): visit(inner)
    case .suffixed(let base, let suffixes): visit(base, suffixes)
    case .binary(let first, let steps): visit(first, steps)
    }
  }

  private mutating func visit(_ table: TableConstructor) {
    for entry in table.entries {
      switch entry {
      case .item(let value): visit(value)
      // Texts about a policy, and the values that its parameters may have, do not affect its decisions.
      case .named(let key, _) where ["name", "description", "ranges"].contains(key.text): break
      case .named(_, let value): visit(value)
      case .keyed(let key, let value):
        visit(key)
        visit(value)
      }
    }
  }

  private static let swaps: [BinaryOperator: [BinaryOperator]] = [
    .and: [.or], .or: [.and], .equal: [.notEqual], .notEqual: [.equal], .less: [.lessOrEqual, .greater],
    .lessOrEqual: [.less, .greaterOrEqual], .greater: [.greaterOrEqual, .less],
    .greaterOrEqual: [.greater, .lessOrEqual],
    .add: [.subtract], .subtract: [.add], .multiply: [.divide], .divide: [.multiply],
  ]

  private mutating func visit(_ first: Expression, _ steps: [Expression.BinaryStep]) {
    visit(first)
    var before = first
    for step in steps {
      let start = step.position.offset
      for other in Mutator.swaps[step.operation] ?? [] {
        replace(
          start, start + step.operation.rawValue.utf8.count, other.rawValue, .operatorSwapped, line: step.position.line)
      }
      if step.operation == .and || step.operation == .or {
        replace(
          before.range.start.offset, step.operand.range.start.offset, "", .operandDropped, line: step.position.line)
        replace(before.range.end.offset, step.operand.range.end.offset, "", .operandDropped, line: step.position.line)
      }
      visit(step.operand)
      before = step.operand
    }
  }

  private mutating func visit(_ base: Expression, _ suffixes: [Expression.Suffix]) {
    visit(base)
    visitVerdict(base, suffixes)
    for suffix in suffixes {
      switch suffix.kind {
      case .field(let name): visit(field: name)
      case .index(let key): visit(key)
      case .call(let arguments):
        visit(arguments: arguments)
      case .method(let name, let arguments):
        for other in ["first_available", "least_loaded"] where other != name.text && arguments.count < 2 {
          replace(name.range, other, .querySwapped)
        }
        replace(name.range, String(name.text.dropLast()), .fieldMisspelt)
        visit(arguments: arguments)
      }
    }
  }

  private mutating func visit(field name: Name) {
    replace(name.range, String(name.text.dropLast()), .fieldMisspelt)
    let schemas = [PolicyVocabulary.device, PolicyVocabulary.contact]
    for schema in schemas {
      guard let field = schema.fields.first(where: { $0.name == name.text }) else { continue }
      let alike = schema.fields.filter { $0.kind == field.kind && $0.name != field.name }
      for other in alike.prefix(4) { replace(name.range, other.name, .fieldSwapped) }
    }
  }

  private mutating func visit(arguments: [Expression]) {
    for (place, argument) in arguments.enumerated() {
      visit(argument)
      guard place > 0 else { continue }
      let before = arguments[place - 1]
      replace(before.range.end.offset, argument.range.end.offset, "", .boundDropped, line: argument.range.start.line)
      let swapped = text(argument.range) + ", " + text(before.range)
      replace(
        before.range.start.offset, argument.range.end.offset, swapped, .argumentsSwapped, line: before.range.start.line)
    }
  }

  private mutating func visitVerdict(_ base: Expression, _ suffixes: [Expression.Suffix]) {
    guard case .name(let use) = base.kind, use.binding == .global, case .call(let arguments)? = suffixes.first?.kind
    else { return }
    switch use.text {
    case "use", "move":
      replace(base.range, use.text == "use" ? "move" : "use", .verdictSwapped)
      if arguments.count == 2 {
        let reason = text(arguments[1].range)
        replace(
          base.range.start.offset, suffixes[0].range.end.offset, "wait(\(reason))", .verdictSwapped,
          line: base.range.start.line)
      }
    case "wait":
      if let reason = arguments.first {
        replace(
          base.range.start.offset, suffixes[0].range.end.offset, "skip(\(text(reason.range)))", .verdictSwapped,
          line: base.range.start.line)
      }
    default: break
    }
  }
}

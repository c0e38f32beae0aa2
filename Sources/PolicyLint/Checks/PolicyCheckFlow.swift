import LuaSyntax
import Policies

extension PolicyCheck {
  /// Follows control flow: finds unreachable code, and hooks that can end without a verdict although they return one
  /// elsewhere.
  struct Flow {
    private(set) var findings: [Finding] = []
    private let hooks: [SourceRange: String]
    /// Whether the current function returns a value anywhere.
    private var givesValue = false
    private var function: SourceRange?

    /// The ways in which a statement can end.
    private struct End {
      /// Execution continues after it.
      var falls = true
      /// Execution leaves the enclosing loop.
      var breaks = false
    }

    init(_ chunk: Chunk, _ table: ReturnedTable?) {
      var hooks: [SourceRange: String] = [:]
      for hook in PolicyVocabulary.Hook.allCases {
        if case .function(_, _, let range)? = table?[name: hook.name]?.value { hooks[range] = hook.name }
      }
      self.hooks = hooks
      _ = end(of: chunk.block)
    }

    private mutating func visit(_ body: FunctionBody) {
      let around = givesValue
      givesValue = false
      let falls = end(of: body.block).falls
      if falls, givesValue, let hook = hooks[body.range] {
        findings.append(
          Finding(
            .missingVerdict, body.range.suffix(3), "\(hook) can end without a verdict",
            "end with return wait('why', seconds), or with return nil to let the next policy decide"))
      }
      givesValue = around
    }

    private mutating func visit(_ expression: Expression) {
      expression.forEachPart(expression: { visit($0) }, function: { visit($0) })
    }

    private mutating func end(of block: Block) -> End {
      var end = End()
      var isSaid = false
      for statement in block.statements {
        switch statement.kind {
        // A jump can reach this label from anywhere in the function.
        case .label: end.falls = true
        case .empty: break
        default:
          if !end.falls, !isSaid {
            isSaid = true
            say(statement.range.start, "this statement is unreachable")
          }
        }
        let own = self.end(of: statement)
        end.falls = end.falls && own.falls
        end.breaks = end.breaks || own.breaks
      }
      return end
    }

    private mutating func say(_ position: SourcePosition, _ message: String) {
      findings.append(Finding(.unreachableCode, SourceRange(position, count: 1), message, "remove it"))
    }

    private mutating func end(of statement: Statement) -> End {
      switch statement.kind {
      case .do(let block): return end(of: block)
      case .while(let condition, let body):
        visit(condition)
        return endOfLoop(condition.truth, body)
      case .repeat(let body, let condition):
        let inner = end(of: body)
        visit(condition)
        return End(falls: inner.breaks || (inner.falls && condition.truth != false))
      case .if(let clauses, let otherwise): return endOfIf(clauses, otherwise)
      case .numericFor(_, _, _, _, let body), .genericFor(_, _, let body):
        statement.forEachPart(expression: { visit($0) }, block: { _ in }, function: { _ in })
        _ = end(of: body)
        return End()
      default:
        statement.forEachPart(expression: { visit($0) }, block: { _ in }, function: { visit($0) })
        return endOfSimple(statement)
      }
    }

    private mutating func endOfSimple(_ statement: Statement) -> End {
      switch statement.kind {
      case .return(let values):
        if let value = values.first, value.unwrapped.kind != .nil { givesValue = true }
        return End(falls: false)
      case .goto: return End(falls: false)
      case .break: return End(falls: false, breaks: true)
      case .call(let call): return End(falls: !call.isCallOfError)
      default: return End()
      }
    }

    private mutating func endOfLoop(_ truth: Bool?, _ body: Block) -> End {
      if truth == false, let first = body.statements.first { say(first.range.start, "the loop never runs") }
      let inner = end(of: body)
      return End(falls: truth != true || inner.breaks)
    }

    private mutating func endOfIf(_ clauses: [Statement.Clause], _ otherwise: Block?) -> End {
      var result = End(falls: false)
      // Whether an earlier clause is always true.
      var isDecided = false
      func first(_ block: Block) -> SourcePosition? { block.statements.first?.range.start }
      for clause in clauses {
        visit(clause.condition)
        if isDecided || clause.condition.truth == false {
          if let start = first(clause.block) { say(start, "this branch is never taken") }
          _ = end(of: clause.block)
          continue
        }
        let own = end(of: clause.block)
        result = End(falls: result.falls || own.falls, breaks: result.breaks || own.breaks)
        isDecided = clause.condition.truth == true
      }
      guard let otherwise else { return isDecided ? result : End(falls: true, breaks: result.breaks) }
      if isDecided, let start = first(otherwise) { say(start, "an earlier condition is always true") }
      let own = end(of: otherwise)
      if !isDecided { result = End(falls: result.falls || own.falls, breaks: result.breaks || own.breaks) }
      return result
    }
  }
}

extension Expression {
  /// The constant truth value of the expression; nil if it is not constant.
  fileprivate var truth: Bool? {
    switch unwrapped.kind {
    case .nil: false
    case .boolean(let value): value
    case .integer, .float, .string, .table, .function: true
    case .unary(.not, let operand): operand.truth.map { !$0 }
    default: nil
    }
  }

  /// Whether this is a call of `error(...)`, which never returns.
  fileprivate var isCallOfError: Bool {
    guard case .suffixed(let base, let suffixes) = kind, suffixes.count == 1, case .call = suffixes[0].kind,
      case .name(let use) = base.kind
    else { return false }
    return use.binding == .global && use.text == "error"
  }
}

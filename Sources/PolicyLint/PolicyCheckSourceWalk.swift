import LuaSyntax

extension PolicyCheck {
  /// Collects the values assigned to the locals of a chunk.
  struct SourceWalk {
    enum Event {
      case given([Int], [Expression])
      case counts(Int)
      case visits([Int], [Expression])
      case function(FunctionBody)
      /// `local function name`
      case named(Int, FunctionBody)
      /// `table.sort(list, function(a, b) ... end)`
      case sorts(Expression, FunctionBody)
      case changes(Int)
    }

    private(set) var events: [Event] = []

    mutating func visit(_ block: Block) {
      for statement in block.statements {
        take(statement)
        statement.forEachPart(expression: { visit($0) }, block: { visit($0) }, function: { visit($0) })
      }
    }

    private mutating func take(_ statement: Statement) {
      switch statement.kind {
      case .local(let locals, let values): events.append(.given(locals, values))
      case .localFunction(let local, let body): events.append(.named(local, body))
      case .numericFor(let local, _, _, _, _): events.append(.counts(local))
      case .genericFor(let locals, let values, _): events.append(.visits(locals, values))
      case .assignment(let targets, let values):
        for (index, target) in targets.enumerated() {
          switch target.kind {
          case .name(let use):
            guard let local = use.binding.localIndex else { continue }
            if index < values.count {
              events.append(.given([local], [values[index]]))
            } else {
              // The placeholder -1 takes the last value; this local gets nil or a further result of a call.
              events.append(.given([-1, local], Array(values.suffix(1))))
            }
          case .suffixed(let base, _): change(base)
          default: break
          }
        }
      case .function(let target, let body):
        guard let local = target.base.binding.localIndex else { break }
        events.append(target.path.isEmpty ? .named(local, body) : .changes(local))
      default: break
      }
    }

    private mutating func visit(_ body: FunctionBody) {
      events.append(.function(body))
      visit(body.block)
    }

    private mutating func visit(_ expression: Expression) {
      expression.forEachPart(expression: { visit($0) }, function: { visit($0) })
      // After the function's parts: facts about a sorting function replace those of an ordinary function.
      guard case .suffixed(let base, let suffixes) = expression.kind, suffixes.count >= 2,
        case .name(let use) = base.kind, use.binding == .global, use.text == "table",
        case .field(let name) = suffixes[0].kind, case .call(let arguments) = suffixes[1].kind,
        let list = arguments.first
      else { return }
      if name.text == "sort", arguments.count == 2, case .function(let body) = arguments[1].unwrapped.kind {
        events.append(.sorts(list, body))
      } else if name.text != "concat", name.text != "unpack", name.text != "sort" {
        for argument in arguments { change(argument) }
      }
    }

    private mutating func change(_ base: Expression) {
      if case .name(let use) = base.unwrapped.kind, let local = use.binding.localIndex {
        events.append(.changes(local))
      }
    }
  }
}

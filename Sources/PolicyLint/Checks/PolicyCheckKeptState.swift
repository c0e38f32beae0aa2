import LuaSyntax
import Policies

extension PolicyCheck {
  /// Finds hooks that change outer state: the sandbox restores variables after each call, and outer tables cannot be
  /// changed in a hook.
  struct KeptState {
    private(set) var findings: [Finding] = []
    private let chunk: Chunk
    /// Top-level locals declared with a table.
    private var tables: Set<Int> = []
    /// Functions that the chunk calls while it is loaded: their changes persist, and are intended to.
    private var loaders: Set<Int> = []
    /// The number of enclosing functions that are not in `loaders`; 0 for code that runs when the file is loaded.
    private var depth = 0

    init(_ chunk: Chunk) {
      self.chunk = chunk
      for statement in chunk.block.statements {
        guard case .local(let variables, let values) = statement.kind else { continue }
        for (variable, value) in zip(variables, values) {
          if case .table = value.unwrapped.kind { tables.insert(variable) }
        }
      }
      var calls = LoadTimeCalls()
      calls.visit(chunk.block)
      loaders = calls.called
      visit(chunk.block)
    }

    private mutating func visit(_ body: FunctionBody, local: Int?) {
      let isLoader = local.map { loaders.contains($0) } ?? false
      depth += isLoader ? 0 : 1
      visit(body.block)
      depth -= isLoader ? 0 : 1
    }

    private mutating func visit(_ block: Block) {
      for statement in block.statements {
        switch statement.kind {
        case .assignment(let targets, _): for target in targets { change(target) }
        case .localFunction(let local, let body):
          visit(body, local: local)
          continue
        case .local(let variables, let values):
          for (place, value) in values.enumerated() {
            visit(value, local: place < variables.count ? variables[place] : nil)
          }
          continue
        case .function(let target, let body):
          visit(body, local: target.path.isEmpty ? target.base.binding.localIndex : nil)
          continue
        default: break
        }
        statement.forEachPart(
          expression: { visit($0, local: nil) }, block: { visit($0) }, function: { visit($0, local: nil) })
      }
    }

    private mutating func visit(_ expression: Expression, local: Int?) {
      if case .function(let body) = expression.unwrapped.kind { return visit(body, local: local) }
      if case .suffixed(let base, let suffixes) = expression.kind { checkCall(base, suffixes) }
      expression.forEachPart(expression: { visit($0, local: nil) }, function: { visit($0, local: nil) })
    }

    private mutating func change(_ target: Expression) {
      guard depth > 0 else { return }
      switch target.kind {
      case .name(let use):
        guard let index = use.binding.localIndex, chunk.locals[index].isTopLevel else { return }
        findings.append(
          Finding(
            .keptState, use.range, "'\(use.text)' gets its old value back after each decision",
            "a decision depends only on its request; keep counts in the contact's attributes or the device's tags"))
      case .suffixed(let base, _): change(tableIn: base)
      default: break
      }
    }

    private mutating func change(tableIn expression: Expression) {
      guard depth > 0, case .name(let use) = expression.unwrapped.kind, let index = use.binding.localIndex,
        tables.contains(index)
      else { return }
      findings.append(
        Finding(
          .keptState, use.range, "'\(use.text)' is created outside the hooks and is read-only in them",
          "create the table inside the hook; nothing is kept from one decision to the next"))
    }

    /// Checks calls such as `table.insert(list, x)` that change their table.
    private mutating func checkCall(_ base: Expression, _ suffixes: [Expression.Suffix]) {
      guard suffixes.count >= 2, case .name(let use) = base.kind, use.binding == .global, use.text == "table",
        case .field(let name) = suffixes[0].kind, ["insert", "remove", "sort"].contains(name.text),
        case .call(let arguments) = suffixes[1].kind, let list = arguments.first
      else { return }
      change(tableIn: list)
    }
  }

  /// The locals called by code that runs when the file is loaded.
  private struct LoadTimeCalls {
    private(set) var called: Set<Int> = []

    mutating func visit(_ block: Block) {
      for statement in block.statements {
        statement.forEachPart(expression: { visit($0) }, block: { visit($0) }, function: { _ in })
      }
    }

    private mutating func visit(_ expression: Expression) {
      if case .suffixed(let base, let suffixes) = expression.kind, case .call = suffixes[0].kind,
        case .name(let use) = base.unwrapped.kind, let index = use.binding.localIndex
      {
        called.insert(index)
      }
      expression.forEachPart(expression: { visit($0) }, function: { _ in })
    }
  }
}

/// The walk over a chunk that fills a `ScopeAnalysis`.
struct ScopeWalker {
  private(set) var analysis: ScopeAnalysis
  /// The names under which functions are stored, by function number.
  private var functionKeys: [Int: String] = [:]

  init(_ chunk: Chunk) {
    analysis = ScopeAnalysis(unused: chunk.locals)
  }

  mutating func visit(_ block: Block) {
    for statement in block.statements { visit(statement) }
  }

  mutating func visit(_ list: [Expression]) {
    for expression in list { visit(expression) }
  }

  /// Visits a function, stored under `key` if that is known.
  mutating func visit(_ body: FunctionBody, key: String?) {
    functionKeys[body.number] = key
    visit(body.block)
  }

  /// Visits an expression that is stored under `key`, which matters if it is a function.
  mutating func visit(_ expression: Expression, key: String?) {
    if case .function(let body) = expression.unwrapped.kind {
      visit(body, key: key)
    } else {
      visit(expression)
    }
  }

  mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .name(let use): record(use, access: .read)
    case .table(let table): visit(table)
    case .suffixed(let base, let suffixes): visit(base, suffixes: suffixes, access: .read)
    default: expression.forEachPart(expression: { visit($0) }, function: { visit($0, key: nil) })
    }
  }

  private mutating func visit(_ table: TableConstructor) {
    for entry in table.entries {
      switch entry {
      case .item(let value):
        visit(value)
      case .named(let name, let value):
        visit(value, key: name.text)
      case .keyed(let key, let value):
        visit(key)
        visit(value, key: key.unwrapped.stringText)
      }
    }
  }

  /// Visits the target of an assignment.
  mutating func visitTarget(_ target: Expression) {
    switch target.kind {
    case .name(let use): record(use, access: .write)
    case .suffixed(let base, let suffixes): visit(base, suffixes: suffixes, access: .write)
    default: visit(target)
    }
  }

  /// Visits a base with its suffixes; `access` is how the last suffix is used.
  private mutating func visit(_ base: Expression, suffixes: [Expression.Suffix], access: Access) {
    if case .name(let use) = base.unwrapped.kind {
      let first = suffixes[0].kind
      if case .call = first { record(use, access: .call) } else { record(use, access: .read) }
      var memberAccess = suffixes.count == 1 ? access : .read
      if suffixes.count > 1, case .call = suffixes[1].kind { memberAccess = .call }
      switch first {
      case .field(let name):
        record(name.text, at: name.range, of: use, access: memberAccess)
      case .index(let key):
        if let text = key.unwrapped.stringText {
          record(text, at: key.unwrapped.range, of: use, access: memberAccess)
        }
      case .method(let name, _):
        record(name.text, at: name.range, of: use, kind: .method, access: .call)
      case .call:
        break
      }
    } else {
      visit(base)
    }
    for suffix in suffixes {
      switch suffix.kind {
      case .field: break
      case .index(let key): visit(key)
      case .call(let arguments), .method(_, let arguments): visit(arguments)
      }
    }
  }

  /// Records the use of a variable.
  mutating func record(_ use: NameUse, access: Access) {
    let position = use.range.start
    if use.text == "_ENV" {
      analysis.environmentUses.append(ScopeAnalysis.EnvironmentUse(position: position, access: access))
    }
    if use.binding == .global {
      let global = ScopeAnalysis.GlobalUse(name: use.text, range: use.range, access: access)
      analysis.globals.append(global)
    }
    guard let index = use.binding.localIndex else { return }
    guard access == .write else {
      analysis.locals[index].isRead = true
      return
    }
    analysis.locals[index].isWritten = true
    guard case .upvalue = use.binding else { return }
    analysis.locals[index].upvalueWrites.append(position)
    let variable = analysis.locals[index].variable
    analysis.upvalueWrites.append(
      ScopeAnalysis.UpvalueWrite(
        name: use.text, range: use.range, declaration: variable.range.start,
        isTopLevel: variable.isTopLevel))
  }

  /// Records the use of a member if its base is a global or a parameter.
  mutating func record(
    _ member: String, at range: SourceRange, of base: NameUse, kind: MemberAccess.Kind = .index,
    access: Access
  ) {
    let use = MemberAccess(
      base: base.text, member: member, range: range, basePosition: base.range.start, kind: kind,
      access: access)
    if base.binding == .global { analysis.globalMembers.append(use) }
    guard let index = base.binding.localIndex else { return }
    let variable = analysis.locals[index].variable
    guard let parameterIndex = variable.parameterIndex else { return }
    analysis.parameterMembers.append(
      ScopeAnalysis.ParameterMember(
        member: use, parameterIndex: parameterIndex, functionKey: functionKeys[variable.function]))
  }
}

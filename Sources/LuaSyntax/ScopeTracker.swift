/// The open scopes while a chunk is parsed: the variable that each name refers to, and Lua's limits on a function.
struct ScopeTracker {
  /// The key of the chunk's own `_ENV` among the upvalues; all other keys are locals.
  static let environmentKey = -1

  private(set) var locals: [LocalVariable] = []
  private(set) var functionCount = 0
  var functions: [FunctionScope] = []
  /// The active locals of each name, the innermost last.
  private(set) var visible: [String: [Int]] = [:]

  /// The index of the innermost open function; it is modified in place, because a copy would copy its tables.
  private var innermost: Int { functions.count - 1 }

  /// The number of the innermost open function.
  var functionNumber: Int { functions[innermost].number }

  /// Whether the innermost open function is variadic (`...`).
  var isVararg: Bool {
    get { functions[innermost].isVararg }
    set { functions[innermost].isVararg = newValue }
  }

  mutating func openFunction(line: Int) {
    let number = functionCount
    functionCount += 1
    functions.append(FunctionScope(number: number, line: line))
    // The main function always has its environment as an upvalue.
    if number == 0 { functions[innermost].upvalues.insert(Self.environmentKey) }
    enterBlock(isLoop: false)
  }

  /// Closes the innermost function; throws at `position` if one of its `goto` or `break` statements has no target.
  mutating func closeFunction(at position: SourcePosition) throws(LuaSyntaxError) {
    try leaveBlock(at: position)
    functions.removeLast()
  }

  mutating func enterBlock(isLoop: Bool) {
    functions[innermost].enterBlock(isLoop: isLoop)
  }

  mutating func leaveBlock(at position: SourcePosition) throws(LuaSyntaxError) {
    let function = innermost
    if functions[function].block.isLoop {
      try functions[function].solveBreaks(locals: locals, at: position)
    }
    let active = functions[function].leaveBlock()
    while functions[function].declared.count > active {
      let index = functions[function].declared.removeLast()
      locals[index].scope.end = max(locals[index].scope.start, position)
      visible[locals[index].name]?.removeLast()
    }
    if functions[function].blocks.isEmpty { try functions[function].checkPending(at: position) }
  }

  /// Declares a local that is invisible until it is activated; throws at `position` for more than 200 locals.
  mutating func declare(
    _ name: Name, role: LocalVariable.Role, at position: SourcePosition
  ) throws(LuaSyntaxError) -> Int {
    guard functions[innermost].declared.count < 200 else {
      throw LuaSyntaxError(
        position: position,
        message: "too many local variables (limit is 200) in \(functions[innermost].name)",
        hint: "put some of them in a table, or in a block of their own")
    }
    let index = locals.count
    locals.append(
      LocalVariable(
        name: name.text, range: name.range, role: role, function: functionNumber, functionDepth: innermost,
        isTopLevel: innermost == 0 && functions[0].blocks.count == 1,
        scope: SourceRange(start: name.range.end, end: name.range.end)))
    functions[innermost].declared.append(index)
    return index
  }

  /// Makes the declared locals of the innermost function visible from `position` on, except the last `keeping` of them.
  mutating func activate(keeping hidden: Int = 0, from position: SourcePosition) {
    let function = innermost
    while functions[function].activeCount < functions[function].declared.count - hidden {
      let index = functions[function].declared[functions[function].activeCount]
      locals[index].shadowed = visible[locals[index].name]?.last
      locals[index].scope = SourceRange(start: position, end: position)
      visible[locals[index].name, default: []].append(index)
      functions[function].activeCount += 1
    }
  }

  mutating func setAttribute(
    _ attribute: LocalVariable.Attribute, at position: SourcePosition, of index: Int
  ) {
    locals[index].attribute = attribute
    locals[index].attributePosition = position
  }

  mutating func markCompileTimeConstant(_ index: Int) {
    locals[index].isCompileTimeConstant = true
  }

  /// Adds a `goto` or a `break` to the innermost function.
  mutating func jump(to label: String, from position: SourcePosition) {
    functions[innermost].jump(to: label, from: position)
  }

  /// Adds a label to the innermost function; throws at `position` if the label is already visible or if a jump to it
  /// enters the scope of a local.
  mutating func addLabel(
    _ label: Name, isLast: Bool, at position: SourcePosition
  ) throws(LuaSyntaxError) {
    try functions[innermost].addLabel(label, isLast: isLast, locals: locals, at: position)
  }
}

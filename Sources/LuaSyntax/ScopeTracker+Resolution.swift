extension ScopeTracker {
  /// Finds the variable that a name refers to; throws at `position` when that would be a function's 256th upvalue.
  mutating func resolve(_ name: String, at position: SourcePosition) throws(LuaSyntaxError) -> Binding {
    if let index = visible[name]?.last {
      let depth = locals[index].functionDepth
      if depth == functions.count - 1 { return .local(index) }
      if !locals[index].isCompileTimeConstant { try capture(index, from: depth + 1, at: position) }
      return .upvalue(index)
    }
    if name == "_ENV" {
      try capture(Self.environmentKey, from: 1, at: position)
      return .environment
    }
    if let environment = visible["_ENV"]?.last {
      let depth = locals[environment].functionDepth
      if depth < functions.count - 1, !locals[environment].isCompileTimeConstant {
        try capture(environment, from: depth + 1, at: position)
      }
    } else {
      try capture(Self.environmentKey, from: 1, at: position)
    }
    return .global
  }

  /// Adds an upvalue to the functions at depth `first` and deeper that lack it, the outermost first.
  private mutating func capture(
    _ key: Int, from first: Int, at position: SourcePosition
  ) throws(LuaSyntaxError) {
    // A function that has the upvalue got it through all enclosing functions.
    var depth = functions.count
    while depth > first, !functions[depth - 1].upvalues.contains(key) { depth -= 1 }
    while depth < functions.count {
      guard functions[depth].upvalues.count < 255 else {
        throw LuaSyntaxError(
          position: position, message: "too many upvalues (limit is 255) in \(functions[depth].name)",
          hint: "keep some of the outer locals in a table")
      }
      functions[depth].upvalues.insert(key)
      depth += 1
    }
  }
}

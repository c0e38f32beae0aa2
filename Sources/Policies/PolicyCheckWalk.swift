import LuaSandbox
import LuaSyntax

extension PolicyCheck {
  /// Looks for what cannot work, or surely is not meant, with the shapes of what it meets.
  struct Walk {
    private(set) var findings: [Finding] = []
    private var shapes: Shapes
    /// The hook whose own statements are visited; nil in functions of the policy.
    private var hook: String?

    init(_ chunk: Chunk, _ table: ReturnedTable?) {
      shapes = Shapes(chunk, table)
      visit(chunk.block)
    }

    mutating func add(_ severity: Severity, _ position: SourcePosition, _ message: String, _ advice: String?) {
      findings.append(Finding(severity, position, message, advice))
    }

    mutating func shape(of expression: Expression) -> Shape? { shapes.shape(of: expression) }

    private mutating func visit(_ block: Block) {
      for statement in block.statements {
        switch statement.kind {
        case .assignment(let targets, _): for target in targets { checkTarget(target) }
        case .call(let call): checkStatement(call)
        case .return(let values): checkReturn(values)
        default: break
        }
        statement.forEachPart(expression: { visit($0) }, block: { visit($0) }, function: { visit($0) })
      }
    }

    private mutating func visit(_ body: FunctionBody) {
      let around = hook
      hook = shapes.hooks[body.range].flatMap { $0.isEmpty ? nil : $0 }
      visit(body.block)
      hook = around
    }

    private mutating func visit(_ expression: Expression) {
      switch expression.kind {
      case .suffixed(let base, let suffixes): check(base, suffixes)
      case .binary(let first, let steps) where steps.count == 1: checkComparison(first, steps[0])
      default: break
      }
      expression.forEachPart(expression: { visit($0) }, function: { visit($0) })
    }

    private mutating func check(_ base: Expression, _ suffixes: [Expression.Suffix]) {
      var chain = Chain(base: base, shape: shape(of: base))
      for (place, suffix) in suffixes.enumerated() {
        let next = place + 1 < suffixes.count ? suffixes[place + 1] : nil
        if let shape = chain.shape { checkMember(suffix, of: shape, next: next) }
        if case .call(let arguments) = suffix.kind, let path = chain.path {
          checkCall(path.joined(separator: "."), arguments, at: base.range.start)
        }
        chain.take(suffix)
      }
    }

    private mutating func checkMember(_ suffix: Expression.Suffix, of shape: Shape, next: Expression.Suffix?) {
      guard let (name, position) = Chain.member(suffix) else { return }
      var isMethod = false
      if case .method = suffix.kind { isMethod = true }
      if let schema = shape.schema {
        let names = schema.fields.map(\.name)
        guard names.contains(name) else {
          return add(
            .error, position, "a \(schema.noun) has no '\(name)'",
            Walk.nearest(name, names) ?? "a \(schema.noun) has \(names.joined(separator: ", "))")
        }
        if isMethod || next?.isPlainCall == true {
          add(
            .error, position, "\(schema.noun).\(name) is a field, not a function", "write \(schema.noun).\(name)")
        }
        return
      }
      switch shape {
      case .fleet: checkQuery(name, position, suffix, next)
      case .tags:
        add(.error, position, "a list has no '\(name)'", "use contains(list, '\(name)'), ipairs(list) or list[1]")
      case .text:
        let members = ScriptVocabulary.libraryMembers.first { $0.library == "string" }?.members ?? []
        if !members.contains(name) {
          add(.error, position, "text has no '\(name)'", Walk.patternAdvice(name) ?? Walk.nearest(name, members))
        }
      case .verdict: add(.error, position, "a verdict has no '\(name)'", "return it as it is")
      case .number, .boolean: add(.error, position, "\(shape.name) has no '\(name)'", nil)
      case .device, .contact, .lead, .choice, .devices, .attributes, .function, .table, .nothing: break
      }
    }

    private mutating func checkQuery(
      _ name: String, _ position: SourcePosition, _ suffix: Expression.Suffix, _ next: Expression.Suffix?
    ) {
      guard let query = PolicyVocabulary.script.queries.first(where: { $0.name == name }) else {
        let names = PolicyVocabulary.script.queries.map(\.name)
        return add(
          .error, position, "a fleet has no '\(name)'",
          Walk.nearest(name, names) ?? "a fleet has \(names.joined(separator: ", "))")
      }
      if case .method(_, let arguments) = suffix.kind { return checkArguments(of: query, arguments, at: position) }
      guard case .call(let arguments)? = next?.kind else { return }
      let receiver = arguments.first.flatMap { shape(of: $0) }
      if arguments.isEmpty || (receiver != nil && receiver != .fleet) {
        add(
          .error, position, "\(name): expected the fleet before the dot as its first argument",
          "write fleet:\(name)(...)")
      }
    }

    static func nearest(_ name: String, _ known: [String]) -> String? {
      nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
    }

    /// Lua's patterns, which policies do not have.
    static func patternAdvice(_ name: String) -> String? {
      ["find", "match", "gmatch", "gsub"].contains(name)
        ? "patterns are not available; use contains, starts_with, ends_with, glob or split" : nil
    }

    // ---- Statements

    private mutating func checkTarget(_ target: Expression) {
      guard case .suffixed(let base, let suffixes) = target.kind, let last = suffixes.last else { return }
      var chain = Chain(base: base, shape: shape(of: base))
      for suffix in suffixes.dropLast() { chain.take(suffix) }
      if let shape = chain.shape, shape.isShown {
        let (name, position) = Chain.member(last) ?? ("[...]", last.range.start)
        add(.error, position, "cannot set '\(name)': what a hook is shown can be read only", "use a local variable")
      } else if let path = chain.path, path.count == 1, ["params", "string", "table", "math"].contains(path[0]) {
        add(.error, base.range.start, "\(path[0]) cannot be changed", "use a local variable")
      }
    }

    private mutating func checkStatement(_ call: Expression) {
      guard shape(of: call) == .verdict, case .suffixed(let base, _) = call.kind, case .name(let use) = base.kind
      else { return }
      add(
        .warning, use.range.start, "the verdict of '\(use.text)' is not returned", "write return \(use.text)(...)")
    }

    private mutating func checkReturn(_ values: [Expression]) {
      guard let hook, let value = values.first, let shape = shape(of: value), ![.verdict, .nothing].contains(shape)
      else { return }
      add(
        .error, value.range.start, "\(hook): expected a verdict, found \(shape.name)",
        shape == .device ? "write return use(device, 'why')" : "return use, move, wait, skip, or nothing")
    }

    private mutating func checkComparison(_ first: Expression, _ step: Expression.BinaryStep) {
      guard step.operation == .equal || step.operation == .notEqual else { return }
      for (one, other) in [(first, step.operand), (step.operand, first)] {
        if shape(of: one) == .device, shape(of: other) == .text {
          add(.warning, step.position, "a device is never equal to text", "compare its id")
        }
        guard case .suffixed(let base, let suffixes) = one.unwrapped.kind, let value = other.unwrapped.stringText,
          let last = suffixes.last, Chain.member(last)?.name == "status"
        else { continue }
        var chain = Chain(base: base, shape: shape(of: base))
        for suffix in suffixes.dropLast() { chain.take(suffix) }
        guard chain.shape == .device, !Walk.statuses.contains(value) else { continue }
        add(
          .warning, other.range.start, "a device's status is never '\(value)'",
          Walk.nearest(value, Walk.statuses) ?? "it is one of \(Walk.statuses.joined(separator: ", "))")
      }
    }
  }
}

extension Expression.Suffix {
  /// `(...)`, which calls what stands before it; `:name(...)` calls a member of it.
  fileprivate var isPlainCall: Bool {
    if case .call = kind { return true }
    return false
  }
}

import LuaSandbox
import LuaSyntax
import Policies

extension PolicyCheck {
  /// Finds code that cannot work or is surely a mistake, using the shapes of expressions.
  struct Walk {
    private(set) var findings: [Finding] = []
    private var shapes: Shapes
    let source: [UInt8]
    let locals: [LocalVariable]
    /// The hook whose statements are visited; nil in the policy's other functions.
    private var hook: String?
    /// Whether the visited code is in a function.
    private var isInFunction = false
    /// For locals called as statements: whether they are functions that return a verdict.
    private var verdictFunctions: [Int: Bool] = [:]
    /// Source texts of the expressions compared so far in the current function. They are known not to be 0, or were at
    /// least considered.
    var compared: Set<String> = []
    /// Source texts of the lists that the enclosing loops visit, which are not empty there.
    var visited: [String] = []

    init(_ chunk: Chunk, _ table: ReturnedTable?, _ source: [UInt8]) {
      self.source = source
      locals = chunk.locals
      shapes = Shapes(chunk, table)
      visit(chunk.block)
    }

    mutating func add(_ rule: Rule, _ range: SourceRange, _ message: String, _ advice: String?, fix: Fix? = nil) {
      findings.append(Finding(rule, range, message, advice, fix: fix))
    }

    mutating func shape(of expression: Expression) -> Shape? { shapes.shape(of: expression) }

    func soleValue(of local: Int) -> Expression? { shapes.soleValue(of: local) }

    func beginsAsZero(_ local: Int) -> Bool { shapes.beginsAsZero(local) }

    /// An expression's source text.
    func text(of expression: Expression) -> String {
      let range = expression.unwrapped.range
      return String(decoding: source[range.start.offset..<range.end.offset], as: UTF8.self)
    }

    private mutating func visit(_ block: Block) {
      for (place, statement) in block.statements.enumerated() {
        switch statement.kind {
        case .assignment(let targets, _): for target in targets { checkTarget(target) }
        case .call(let call): checkStatement(call, isLast: place == block.statements.count - 1)
        case .return(let values): checkReturn(values)
        case .genericFor, .numericFor: checkLoop(statement)
        default: break
        }
        let around = visited.count
        if let list = listVisited(by: statement) { visited.append(list) }
        statement.forEachPart(expression: { visit($0) }, block: { visit($0) }, function: { visit($0) })
        visited.removeSubrange(around...)
      }
    }

    private mutating func visit(_ body: FunctionBody) {
      let around = (hook, isInFunction, compared)
      hook = shapes.hooks[body.range].flatMap { $0.isEmpty ? nil : $0 }
      isInFunction = true
      visit(body.block)
      (hook, isInFunction, compared) = around
    }

    private mutating func visit(_ expression: Expression) {
      switch expression.kind {
      case .suffixed(let base, let suffixes): check(base, suffixes)
      case .binary(let first, let steps):
        for operation in expression.operations where operation.operation.isComparison { checkComparison(operation) }
        checkScore(first, steps)
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
          let range = SourceRange(
            start: base.range.start, end: place > 0 ? suffixes[place - 1].range.end : base.range.end)
          checkCall(path.joined(separator: "."), arguments, at: range)
        }
        if case .index(let key) = suffix.kind, [.fleet, .devices].contains(chain.shape) {
          checkDraw(key, from: SourceRange(start: base.range.start, end: suffix.range.start))
        }
        chain.take(suffix)
      }
    }

    private mutating func checkMember(_ suffix: Expression.Suffix, of shape: Shape, next: Expression.Suffix?) {
      guard let (name, range) = Chain.member(suffix) else { return }
      var isMethod = false
      if case .method = suffix.kind { isMethod = true }
      if let schema = shape.schema {
        let names = schema.fields.map(\.name)
        if let alias = schema.aliases.first(where: { $0.name == name }) {
          add(
            .oldName, range, "'\(name)' is the old name of '\(alias.field)'", "write \(schema.noun).\(alias.field)",
            fix: .rename(range, from: name, to: alias.field, in: source))
        }
        guard schema.field(named: name) != nil else {
          return add(
            .unknownField, range, "a \(schema.noun) has no '\(name)'",
            Walk.nearest(name, names) ?? "a \(schema.noun) has \(names.joined(separator: ", "))",
            fix: Walk.rename(name, range, names, in: source))
        }
        if isMethod || next?.isPlainCall == true {
          add(
            .wrongCall, range, "\(schema.noun).\(name) is a field, not a function", "write \(schema.noun).\(name)",
            fix: isMethod ? nil : next.flatMap { uncall($0, name) })
        }
        return
      }
      switch shape {
      case .fleet: checkQuery(name, range, suffix, next)
      case .tags:
        add(.unknownField, range, "a list has no '\(name)'", "use contains(list, '\(name)'), ipairs(list) or list[1]")
      case .text:
        let members = ScriptVocabulary.libraryMembers.first { $0.library == "string" }?.members ?? []
        if !members.contains(name) {
          let (rule, instead) = Walk.elsewhere(name, in: "string")
          add(
            rule, range, "text has no '\(name)'", instead ?? Walk.nearest(name, members),
            fix: rule == .unknownField ? Walk.rename(name, range, members, in: source) : nil)
        }
      case .verdict: add(.unknownField, range, "a verdict has no '\(name)'", "return it unchanged")
      case .number, .boolean: add(.unknownField, range, "\(shape.name) has no '\(name)'", nil)
      case .device, .contact, .lead, .choice, .devices, .attributes, .function, .table, .nothing: break
      }
    }

    /// Removes the empty parentheses after a field.
    private func uncall(_ suffix: Expression.Suffix, _ name: String) -> Fix? {
      guard case .call(let arguments) = suffix.kind, arguments.isEmpty else { return nil }
      return Fix(summary: "'()' after '\(name)' removed", edits: [Fix.Edit(range: suffix.range, text: "")])
    }

    private mutating func checkQuery(
      _ name: String, _ range: SourceRange, _ suffix: Expression.Suffix, _ next: Expression.Suffix?
    ) {
      guard let query = PolicyVocabulary.script.queries.first(where: { $0.name == name }) else {
        let names = PolicyVocabulary.script.queries.map(\.name)
        return add(
          .unknownField, range, "a fleet has no '\(name)'",
          Walk.nearest(name, names) ?? "a fleet has \(names.joined(separator: ", "))",
          fix: Walk.rename(name, range, names, in: source))
      }
      if case .method(_, let arguments) = suffix.kind { return checkArguments(of: query, arguments, at: range) }
      guard case .call(let arguments)? = next?.kind else { return }
      let receiver = arguments.first.flatMap { shape(of: $0) }
      if arguments.isEmpty || (receiver != nil && receiver != .fleet) {
        add(
          .wrongCall, range, "\(name): expected the fleet as the first argument",
          "write fleet:\(name)(...)", fix: colon(before: name, suffix))
      }
    }

    /// Replaces the dot of `fleet.name` with a colon.
    private func colon(before name: String, _ suffix: Expression.Suffix) -> Fix? {
      guard case .field = suffix.kind else { return nil }
      let dot = SourceRange(suffix.range.start, count: 1)
      return Fix(summary: "':' in place of '.' before '\(name)'", edits: [Fix.Edit(range: dot, text: ":")])
    }

    static func nearest(_ name: String, _ known: [String]) -> String? {
      nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
    }

    /// Replaces an unknown name with the nearest one, if that is unambiguous.
    static func rename(_ name: String, _ range: SourceRange, _ known: [String], in source: [UInt8]) -> Fix? {
      certainName(for: name, among: known).flatMap { .rename(range, from: name, to: $0, in: source) }
    }

    /// The rule and the advice for a member that Lua's own libraries have and policies do not.
    static func elsewhere(_ member: String, in library: String) -> (Rule, String?) {
      if ["find", "match", "gmatch", "gsub"].contains(member) {
        return (
          .notInPolicies, "patterns are not available; use contains, starts_with, ends_with, glob or split"
        )
      }
      if library == "math", member.hasPrefix("random") { return (.notInPolicies, "use random(m, n)") }
      return (.unknownField, nil)
    }

    // ---- Statements

    private mutating func checkTarget(_ target: Expression) {
      guard case .suffixed(let base, let suffixes) = target.kind, let last = suffixes.last else { return }
      var chain = Chain(base: base, shape: shape(of: base))
      for suffix in suffixes.dropLast() { chain.take(suffix) }
      if let shape = chain.shape, shape.isShown {
        let (name, range) = Chain.member(last) ?? ("[...]", last.range)
        add(
          .readOnlyField, range, "cannot set '\(name)': the arguments of a hook are read-only", "use a local variable")
      } else if let path = chain.path, path.count == 1, ["params", "string", "table", "math"].contains(path[0]) {
        add(.readOnlyField, base.range, "\(path[0]) cannot be changed", "use a local variable")
      }
    }

    private mutating func checkStatement(_ call: Expression, isLast: Bool) {
      guard case .suffixed(let base, let suffixes) = call.kind, case .name(let use) = base.kind else { return }
      let isOwn =
        suffixes.count == 1 && suffixes[0].isCall && (use.binding.localIndex.map { givesVerdict($0) } ?? false)
      guard isOwn || shape(of: call) == .verdict else { return }
      // `return` is inserted only where it is certainly right: as the last statement of its block, and inside a function,
      // because verdicts do not exist outside functions. A function of the policy may also return no verdict; the code
      // after it is then meant to run.
      let canReturn = isLast && isInFunction && !isOwn
      add(
        .unreturnedVerdict, use.range, "the verdict of '\(use.text)' is not returned", "write return \(use.text)(...)",
        fix: canReturn ? .insert("return ", at: call.range.start, "'return' before '\(use.text)'") : nil)
    }

    /// Whether a local is a function of the policy that returns a verdict.
    private mutating func givesVerdict(_ local: Int) -> Bool {
      if let known = verdictFunctions[local] { return known }
      var gives = false
      shapes.function(of: local)?.block.forEachReturn { gives = gives || shapes.shape(of: $0) == .verdict }
      verdictFunctions[local] = gives
      return gives
    }

    private mutating func checkReturn(_ values: [Expression]) {
      guard let hook, let value = values.first, let shape = shape(of: value), ![.verdict, .nothing].contains(shape)
      else { return }
      add(
        .notAVerdict, value.range, "\(hook): expected a verdict, found \(shape.name)",
        shape == .device ? "write return use(device, 'why')" : "return use, move, wait, wait_for, skip, or nothing")
    }
  }
}

extension Expression.Suffix {
  /// Whether this is `(...)`, which calls the value before it; `:name(...)` calls a member of it.
  fileprivate var isPlainCall: Bool {
    if case .call = kind { return true }
    return false
  }
}

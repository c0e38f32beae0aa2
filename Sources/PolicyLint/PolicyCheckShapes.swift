import LuaSandbox
import LuaSyntax
import Policies

extension PolicyCheck {
  /// The shapes of a chunk's expressions.
  ///
  /// A shape is certain or absent: a local has one only if all values assigned to it have that shape. Arguments passed to
  /// the policy's own functions are not followed.
  struct Shapes {
    private enum Source {
      case value(Expression)
      /// An item of a table, or of a list of devices or tags.
      case item(of: Expression)
      case shape(Shape)
      case unknown
    }

    /// The values assigned to each local, by its index in the chunk.
    private var sources: [Int: [Source]] = [:]
    /// Locals whose tables the policy changes.
    private var changed: Set<Int> = []
    /// The hook of each function, by the function's range; empty for a function that is two hooks.
    private(set) var hooks: [SourceRange: String] = [:]
    /// The functions declared with `local function`, by local.
    private var functions: [Int: FunctionBody] = [:]
    private var known: [Int: Shape?] = [:]
    private var pending: Set<Int> = []

    init(_ chunk: Chunk, _ table: ReturnedTable?) {
      for hook in PolicyVocabulary.Hook.allCases.map(\.name) + [PolicyVocabulary.guardHook] {
        guard case .function(_, _, let range)? = table?[name: hook]?.value else { continue }
        hooks[range] = hooks[range] == nil ? hook : ""
      }
      var walk = SourceWalk()
      walk.visit(chunk.block)
      for event in walk.events { note(event) }
    }

    private mutating func note(_ event: SourceWalk.Event) {
      switch event {
      case .given(let locals, let values):
        for (index, local) in locals.enumerated() {
          if index < values.count {
            sources[local, default: []].append(.value(values[index]))
          } else {
            // Nil, or a call's result after the first.
            sources[local, default: []].append(values.isEmpty ? .shape(.nothing) : .unknown)
          }
        }
      case .counts(let local): sources[local, default: []].append(.shape(.number))
      case .visits(let locals, let values):
        let list = values.count == 1 ? Shapes.argument(of: "ipairs", in: values[0]) : nil
        for (index, local) in locals.enumerated() {
          switch (list, index) {
          case (_?, 0): sources[local, default: []].append(.shape(.number))
          case (let list?, 1): sources[local, default: []].append(.item(of: list))
          default: sources[local, default: []].append(.unknown)
          }
        }
      case .function(let body):
        let hook = hooks[body.range]
        for (index, local) in body.parameters.enumerated() {
          let shape: Shape? =
            switch (hook, index) {
            case ("select", 0): .contact
            case ("enroll", 0): .lead
            case (PolicyVocabulary.guardHook, 0): .contact
            case (PolicyVocabulary.guardHook, 1): .choice
            case (PolicyVocabulary.guardHook, 2): .fleet
            case (_?, 1): .fleet
            default: nil
            }
          sources[local, default: []].append(shape.map { .shape($0) } ?? .unknown)
        }
      case .sorts(let list, let body):
        for local in body.parameters {
          // Replaces the facts for a function with unknown callers.
          sources[local] = [.item(of: list)]
        }
      case .named(let local, let body):
        sources[local, default: []].append(.shape(.function))
        functions[local] = body
      case .changes(let local): changed.insert(local)
      }
    }

    /// The argument, if the expression calls this global function with one argument.
    static func argument(of function: String, in expression: Expression) -> Expression? {
      guard case .suffixed(let base, let suffixes) = expression.unwrapped.kind, suffixes.count == 1,
        case .name(let use) = base.kind, use.binding == .global, use.text == function,
        case .call(let arguments) = suffixes[0].kind, arguments.count == 1
      else { return nil }
      return arguments[0]
    }

    /// The only value ever assigned to a local; nil if there are several.
    func soleValue(of local: Int) -> Expression? {
      guard let given = sources[local], given.count == 1, case .value(let expression) = given[0] else { return nil }
      return expression.unwrapped
    }

    /// The function that is the only value of a local.
    func function(of local: Int) -> FunctionBody? {
      if case .function(let body)? = soleValue(of: local)?.kind { return body }
      return sources[local]?.count == 1 ? functions[local] : nil
    }

    /// Whether a local is initialised with 0, whatever is assigned later.
    func beginsAsZero(_ local: Int) -> Bool {
      guard case .value(let expression)? = sources[local]?.first else { return false }
      return expression.number == 0
    }

    /// The shape of an expression; nil if it is unknown.
    mutating func shape(of expression: Expression) -> Shape? {
      switch expression.kind {
      case .nil: return .nothing
      case .boolean: return .boolean
      case .integer, .float: return .number
      case .string: return .text
      case .function: return .function
      case .table: return .table
      case .vararg: return nil
      case .name(let use): return shape(of: use)
      case .parenthesized(let inner): return shape(of: inner)
      case .suffixed(let base, let suffixes):
        var walk = Chain(base: base, shape: shape(of: base))
        for suffix in suffixes { walk.take(suffix) }
        return walk.shape
      case .unary(let operation, _): return operation == .not ? .boolean : .number
      case .binary(let first, let steps): return shape(of: first, steps)
      }
    }

    private mutating func shape(of first: Expression, _ steps: [Expression.BinaryStep]) -> Shape? {
      switch steps[steps.count - 1].operation {
      case .and: return shape(of: steps[steps.count - 1].operand)
      case .or:
        let shapes = ([first] + steps.map(\.operand)).map { shape(of: $0) }
        let values = shapes.filter { $0 != .nothing }
        return values.allSatisfy { $0 == values[0] } ? values.first ?? nil : nil
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: return .boolean
      case .concatenate: return .text
      default: return .number
      }
    }

    private mutating func shape(of use: NameUse) -> Shape? {
      guard let local = use.binding.localIndex else {
        if use.text == "now" { return .number }
        return nil
      }
      if let shape = known[local] { return shape }
      // Limits recursion through locals that depend on each other.
      guard pending.count < 50, pending.insert(local).inserted else { return nil }
      defer { pending.remove(local) }
      var shapes: [Shape?] = []
      for source in sources[local] ?? [.unknown] {
        switch source {
        case .value(let expression): shapes.append(shape(of: expression))
        case .shape(let shape): shapes.append(shape)
        case .unknown: shapes.append(nil)
        case .item(let list):
          switch shape(of: list) {
          case .fleet, .devices: shapes.append(.device)
          case .tags: shapes.append(.text)
          default: shapes.append(nil)
          }
        }
      }
      let values = shapes.filter { $0 != .nothing }
      var result = values.first ?? nil
      if !values.allSatisfy({ $0 == result }) { result = nil }
      if result == .devices, changed.contains(local) { result = .table }
      known[local] = .some(result)
      return result
    }
  }
}

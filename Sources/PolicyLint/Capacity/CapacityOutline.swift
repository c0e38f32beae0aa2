import LuaSyntax

/// What the source says about capacity before any of it is followed.
struct CapacityOutline {
  /// The functions by their ranges.
  private(set) var functions: [SourceRange: FunctionBody] = [:]
  /// The functions in the tables of locals: `local own = {}`, `function own.pick() end`.
  private(set) var members: [Int: [String: SourceRange]] = [:]
  /// Whether the file has a `wait_for`.
  private(set) var hasWaitFor = false
  /// The locals that loops and `if` assign, by the offset of the statement.
  private var assignments: [Int: Set<Int>] = [:]
  /// Whether loops may test capacity, by the offset of the statement.
  private var questions: [Int: Bool] = [:]

  private struct Summary {
    var assigned: Set<Int> = []
    var asks = false

    mutating func add(_ other: Summary) {
      assigned.formUnion(other.assigned)
      asks = asks || other.asks
    }
  }

  init(_ chunk: Chunk) { _ = summary(chunk.block) }

  func assigned(_ statement: Statement) -> Set<Int> { assignments[statement.range.start.offset] ?? [] }

  func asks(_ statement: Statement) -> Bool { questions[statement.range.start.offset] ?? false }

  private static let words: Set<String> = [
    "can_accept_more", "headroom", "load", "online", "status", "least_loaded", "first_available", "available",
    "candidates", "limit_minute", "limit_hour", "limit_day", "limit_queue",
  ]

  private mutating func summary(_ block: Block) -> Summary {
    var all = Summary()
    for statement in block.statements {
      var one = Summary()
      switch statement.kind {
      case .assignment(let targets, let values):
        for (place, target) in targets.enumerated() { note(target, place < values.count ? values[place] : nil, &one) }
      case .call(let call):
        if case .suffixed(let base, let suffixes) = call.kind, base.globalName == "table",
          case .call(let arguments)? = suffixes.last?.kind, let local = arguments.first?.localIndex
        {
          one.assigned.insert(local)
        }
      case .function(let target, let body):
        guard let local = target.base.binding.localIndex else { break }
        if target.path.count == 1, !body.isMethod { members[local, default: [:]][target.path[0].text] = body.range }
      case .local(let variables, let values):
        for (local, value) in zip(variables, values) { note(tableOf: local, value) }
      default: break
      }
      statement.forEachPart(
        expression: { one.add(summary($0)) }, block: { one.add(summary($0)) }, function: { note($0) })
      switch statement.kind {
      case .if, .while, .repeat, .numericFor, .genericFor:
        assignments[statement.range.start.offset] = one.assigned
        questions[statement.range.start.offset] = one.asks
      default: break
      }
      all.add(one)
    }
    return all
  }

  private mutating func note(_ target: Expression, _ value: Expression?, _ summary: inout Summary) {
    if let local = target.localIndex {
      summary.assigned.insert(local)
    } else if case .suffixed(let base, let suffixes) = target.kind, let local = base.localIndex {
      summary.assigned.insert(local)
      if suffixes.count == 1, case .field(let name) = suffixes[0].kind,
        case .function(let body)? = value?.unwrapped.kind
      {
        members[local, default: [:]][name.text] = body.range
      }
    }
  }

  private mutating func note(tableOf local: Int, _ value: Expression) {
    guard case .table(let table) = value.unwrapped.kind else { return }
    for entry in table.entries {
      guard case .named(let name, let value) = entry, case .function(let body) = value.unwrapped.kind else { continue }
      members[local, default: [:]][name.text] = body.range
    }
  }

  private mutating func note(_ body: FunctionBody) {
    functions[body.range] = body
    _ = summary(body.block)
  }

  private mutating func summary(_ expression: Expression) -> Summary {
    var all = Summary()
    if expression.globalName == "wait_for" { hasWaitFor = true }
    if case .suffixed(let base, let suffixes) = expression.kind {
      let isOwnCall = base.localIndex != nil && suffixes.first?.isCall == true
      all.asks = isOwnCall || suffixes.contains { Self.words.contains(PolicyCheck.Chain.member($0)?.name ?? "") }
    }
    expression.forEachPart(expression: { all.add(summary($0)) }, function: { note($0) })
    return all
  }
}

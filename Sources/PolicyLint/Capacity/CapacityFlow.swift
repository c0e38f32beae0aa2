import LuaSyntax

/// Follows `select` through all of its ways, and notes in which of them each `wait` is returned.
///
/// It follows locals, `if`, loops (one round stands for all) and the policy's own functions. It gives up, with
/// `isExhausted`, when a hook has too many ways.
struct CapacityFlow {
  typealias World = CapacityWorld
  typealias Value = CapacityValue

  /// A value in one world.
  struct Outcome {
    var world: World
    var value: Value
  }

  /// Where execution goes on after a statement.
  struct Ends {
    var falls: [World] = []
    var breaks: [World] = []
  }

  /// A `wait` in the source.
  struct Site {
    let name: SourceRange
    let call: Expression.Suffix
    let arguments: [Expression]
    var returns: [(world: World, wait: CapacityWait)] = []
  }

  let chunk: Chunk
  let source: [UInt8]
  let outline: CapacityOutline
  /// By the offset of the name `wait`.
  private(set) var sites: [Int: Site] = [:]
  /// The devices and queries that were tested for capacity.
  var asked: Set<CapacityCause> = []
  /// The calls of the policy's functions in which the evaluated code is, the outermost first.
  var calls: [SourceRange] = []
  var active: Set<SourceRange> = []
  /// What the functions being evaluated have returned.
  var returned: [[Outcome]] = []
  /// How many statements have left the function so far.
  var leaves = 0
  private var breaks = 0
  /// The steps that are left. A hook of a page takes some hundred.
  var budget = 30_000
  /// How many statements and expressions enclose the current one, in functions too.
  var depth = 0
  private static let mostWorlds = 300
  private static let deepest = 100

  var isExhausted: Bool { budget <= 0 }

  init(_ chunk: Chunk, _ source: [UInt8], hook: SourceRange) {
    (self.chunk, self.source) = (chunk, source)
    outline = CapacityOutline(chunk)
    guard let body = outline.functions[hook], !body.block.hasJumps else { return }
    var world = World()
    for statement in chunk.block.statements {
      if case .return = statement.kind { break }
      guard let next = follow(statement, world).falls.first else { break }
      world = World(values: next.values)
    }
    let parts: [Value.Kind] = [.contact, .fleet]
    for (local, kind) in zip(body.parameters, parts) { world.values[local] = Value(kind: kind) }
    (returned, leaves, breaks) = ([[]], 0, 0)
    _ = follow(body.block, [world])
    for outcome in returned[0] {
      guard case .wait(let wait) = outcome.value.kind else { continue }
      sites[wait.site]?.returns.append((outcome.world, wait))
    }
  }

  mutating func note(_ name: SourceRange, _ call: Expression.Suffix, _ arguments: [Expression]) {
    let site = name.start.offset
    if sites[site] == nil { sites[site] = Site(name: name, call: call, arguments: arguments) }
  }

  /// Gives up if an expression has too many outcomes.
  mutating func bounded(_ outcomes: [Outcome]) -> [Outcome] {
    if outcomes.count > Self.mostWorlds { budget = 0 }
    return isExhausted ? [] : outcomes
  }

  /// Removes worlds that occur twice. Forgets, if there are many, what is known about values that are not followed.
  mutating func merged(_ worlds: [World]) -> [World] {
    guard worlds.count > 1 else { return worlds }
    var known: Set<World> = []
    var merged = worlds.filter { known.insert($0).inserted }
    if merged.count > Self.mostWorlds / 3 {
      known = []
      merged = merged.map { world in
        var world = world
        world.refined = [:]
        return world
      }.filter { known.insert($0).inserted }
    }
    if merged.count > Self.mostWorlds { budget = 0 }
    return isExhausted ? [] : merged
  }

  // MARK: - Statements

  mutating func follow(_ block: Block, _ worlds: [World]) -> Ends {
    var ends = Ends(falls: worlds)
    for statement in block.statements {
      var next = Ends()
      for world in ends.falls {
        let after = follow(statement, world)
        next.falls += after.falls
        next.breaks += after.breaks
      }
      ends = Ends(falls: merged(next.falls), breaks: ends.breaks + next.breaks)
      if ends.falls.isEmpty { break }
    }
    return ends
  }

  /// Takes a step, which may be one too many, or too deep; `leaveStep` ends it.
  mutating func enterStep() {
    budget -= 1
    depth += 1
    if depth > Self.deepest { budget = 0 }
  }

  mutating func leaveStep() { depth -= 1 }

  private mutating func follow(_ statement: Statement, _ world: World) -> Ends {
    enterStep()
    defer { leaveStep() }
    guard !isExhausted else { return Ends() }
    switch statement.kind {
    case .empty, .label: return Ends(falls: [world])
    case .goto:
      // Only to the end of the round: see `hasJumps`.
      breaks += 1
      return Ends(breaks: [world])
    case .local(let variables, let values): return Ends(falls: give(variables, values, world))
    case .localFunction(let variable, let body):
      var world = world
      world.assign(Value(kind: .function(body.range)), to: variable)
      return Ends(falls: [world])
    case .function(let target, let body):
      var world = world
      if target.path.isEmpty, let local = target.base.binding.localIndex {
        world.assign(Value(kind: .function(body.range)), to: local)
      }
      return Ends(falls: [world])
    case .assignment(let targets, let values): return Ends(falls: assign(targets, values, world))
    case .call(let call): return Ends(falls: run(call, world))
    case .do(let block): return follow(block, [world])
    case .if(let clauses, let otherwise):
      return follow(clauses, otherwise, world, assigned: outline.assigned(statement))
    case .while, .repeat, .numericFor, .genericFor: return followLoop(statement, world)
    case .break:
      breaks += 1
      return Ends(breaks: [world])
    case .return(let values):
      leaves += 1
      let outcomes =
        values.first.map { evaluate($0, begun(world)) } ?? [Outcome(world: world, value: .nothing)]
      returned[returned.count - 1] += outcomes.map { outcome in
        var outcome = outcome
        outcome.world.conclude()
        return outcome
      }
      return Ends()
    }
  }

  func begun(_ world: World) -> World {
    var world = world
    world.begin()
    return world
  }

  private mutating func follow(
    _ clauses: [Statement.Clause], _ otherwise: Block?, _ start: World, assigned: Set<Int>
  ) -> Ends {
    var first = start
    first.seen = []
    let before = (leaves, breaks)
    var current = [first]
    var ends = Ends()
    for clause in clauses {
      var passed: [World] = []
      for world in current {
        var entered: [World] = []
        var others: [World] = []
        for outcome in evaluate(clause.condition, begun(world)) {
          if let after = assume(outcome, true) { entered.append(concluded(after)) }
          if let after = assume(outcome, false) { others.append(concluded(after)) }
        }
        let before = (leaves, breaks)
        let after = follow(clause.block, merged(entered.map(timed)))
        // A block that goes on, such as one with a note, does not matter for what follows.
        let goesOn = (leaves, breaks) == before
        ends.falls += goesOn ? after.falls.map { returning($0, to: world) } : after.falls
        ends.breaks += after.breaks
        passed += others.map { goesOn ? returning($0, to: world) : passing(clause.block, $0, world) }
      }
      current = merged(passed)
    }
    if let otherwise {
      let after = follow(otherwise, current.map(timed))
      ends.falls += after.falls
      ends.breaks += after.breaks
    } else {
      ends.falls += current
    }
    let hasLeft = (leaves, breaks) != before
    return join(ends, start, hasLeft: hasLeft, assigned)
  }

  /// The world in which a condition was false. A condition about the contact that leads to another verdict, such as `skip`
  /// after many attempts, does not change the cause of a `wait` after it.
  private func passing(_ block: Block, _ after: World, _ before: World) -> World {
    guard !outline.hasWaitFor, after.facts == before.facts, !block.names("wait"),
      after.seen.isDisjoint(with: [.time, .state])
    else { return after }
    return returning(after, to: before)
  }

  /// The world after a condition that does not matter for what follows, except through a `wait` that it put into a local.
  private func returning(_ after: World, to before: World) -> World {
    guard after.status == .aside else { return after }
    var after = after
    for (local, value) in after.values where before.values[local] != value {
      guard case .wait(var wait) = value.kind else { continue }
      wait.isDeliberate = true
      after.values[local]?.kind = .wait(wait)
    }
    after.status = before.status
    return after
  }

  private func concluded(_ world: World) -> World {
    var world = world
    world.conclude()
    return world
  }

  /// The world inside a block whose condition was about the time.
  private func timed(_ world: World) -> World {
    var world = world
    if world.seen.contains(.time) { world.isTimed = true }
    return world
  }

  /// The worlds after an `if` or a loop. If no way left it, its conditions do not matter for what follows, except through
  /// the locals that it assigns.
  func join(_ ends: Ends, _ start: World, hasLeft: Bool, _ assigned: Set<Int>) -> Ends {
    let seen = (ends.falls + ends.breaks).reduce(into: CapacityConcerns()) { $0.formUnion($1.seen) }
    func joined(_ world: World) -> World {
      var world = world
      for local in assigned {
        guard var value = world.values[local] else { continue }
        value.concerns.formUnion(seen)
        if case .wait(var wait) = value.kind, world.status == .aside {
          wait.isDeliberate = true
          value.kind = .wait(wait)
        }
        world.values[local] = value
      }
      world.isTimed = start.isTimed
      world.seen = hasLeft ? start.seen.union(world.seen) : start.seen
      if !hasLeft, world.status == .aside || world.status == .partly && assigned.isEmpty { world.status = start.status }
      return world
    }
    return Ends(falls: ends.falls.map(joined), breaks: ends.breaks.map(joined))
  }

  // MARK: - Loops

  private mutating func followLoop(_ statement: Statement, _ start: World) -> Ends {
    var first = start
    first.seen = []
    let before = (leaves, breaks)
    var around = Rounds()
    switch statement.kind {
    case .genericFor(let variables, let values, let body):
      around = rounds(over: values.first, variables, at: statement, first)
      around.after = follow(body, merged(around.entered))
    case .numericFor(let variable, let from, let to, _, let body):
      around = rounds(from: from, to: to, variable, first)
      around.after = follow(body, merged(around.entered))
    case .while(let condition, let body):
      for outcome in evaluate(condition, begun(first)) {
        if let world = assume(outcome, true) { around.entered.append(concluded(world)) }
        if let world = assume(outcome, false) { around.skipped.append(concluded(world)) }
      }
      around.after = follow(body, merged(around.entered))
      // `while true` ends only by a `break`.
      if condition.unwrapped.kind == .boolean(true) { around.after.falls = [] }
    case .repeat(let body, let condition):
      around.after = follow(body, [first])
      var exits: [World] = []
      for world in around.after.falls {
        for outcome in evaluate(condition, begun(world)) {
          // Some round ends the loop, which need not be this one.
          for var world in [assume(outcome, true), assume(outcome, false)].compactMap({ $0 }) {
            world.concludeLoop()
            exits.append(world)
          }
        }
      }
      around.after.falls = exits
    default: break
    }
    var falls = around.after.falls + around.after.breaks
    // A loop that looks for capacity has something to look at.
    if around.isEmptyFull || falls.isEmpty || !outline.asks(statement) { falls += around.skipped }
    let hasLeft = leaves != before.0
    breaks = before.1
    return join(Ends(falls: merged(falls)), start, hasLeft: hasLeft, outline.assigned(statement))
  }

  /// The worlds in a loop and around it.
  struct Rounds {
    var entered: [World] = []
    /// Without any round.
    var skipped: [World] = []
    /// Whether no round means that a query found nothing.
    var isEmptyFull = false
    var after = Ends()
  }
}

extension Block {
  /// Whether a global occurs in the block, except in functions.
  fileprivate func names(_ global: String) -> Bool {
    var found = false
    for statement in statements {
      statement.forEachPart(
        expression: { found = found || $0.first(where: { $0.globalName == global }) != nil },
        block: { found = found || $0.names(global) }, function: { _ in })
    }
    return found
  }

  /// Whether the block has a label or `goto`, except in nested functions, and except for `goto continue` with the label at
  /// the end of the loop.
  var hasJumps: Bool { hasJumps([]) }

  private func hasJumps(_ ends: Set<String>) -> Bool {
    statements.contains { statement in
      switch statement.kind {
      case .label(let name): return !ends.contains(name.text)
      case .goto(let name): return !ends.contains(name.text)
      default: break
      }
      var isLoop = false
      switch statement.kind {
      case .numericFor, .genericFor, .while: isLoop = true
      default: break
      }
      var found = false
      statement.forEachPart(
        expression: { _ in },
        block: { block in
          var inside = isLoop ? [] : ends
          if isLoop, case .label(let name)? = block.statements.last?.kind { inside = [name.text] }
          found = found || block.hasJumps(inside)
        }, function: { _ in })
      return found
    }
  }
}

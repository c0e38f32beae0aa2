import LuaSyntax

extension CapacityFlow {
  /// The worlds after `local variables = values`.
  mutating func give(_ variables: [Int], _ values: [Expression], _ world: World) -> [World] {
    evaluateAll(values, quiet(world)).map { lists, after in
      var after = restored(after, world)
      for (place, local) in variables.enumerated() {
        after.assign(value(at: place, of: lists, values, seen: after.seen), to: local)
      }
      after.seen.formUnion(world.seen)
      return after
    }
  }

  /// The worlds after `targets = values`.
  mutating func assign(_ targets: [Expression], _ values: [Expression], _ world: World) -> [World] {
    evaluateAll(values, quiet(world)).map { lists, after in
      var after = restored(after, world)
      for (place, target) in targets.enumerated() {
        if let local = target.localIndex {
          after.assign(value(at: place, of: lists, values, seen: after.seen), to: local)
        } else if case .suffixed(let base, let suffixes) = target.kind, let local = base.localIndex {
          var isItem = false
          if suffixes.count == 1, case .index = suffixes[0].kind { isItem = true }
          change(local, isItem: isItem, &after)
        }
      }
      after.seen.formUnion(world.seen)
      return after
    }
  }

  /// The worlds after a call as a statement.
  mutating func run(_ call: Expression, _ world: World) -> [World] {
    let outcomes = evaluate(call, quiet(world))
    var changed: (local: Int, isItem: Bool)?
    for name in ["insert", "remove"] {
      guard case .suffixed(let base, let suffixes) = call.unwrapped.kind, suffixes.count == 2,
        base.globalName == "table", case .field(let member) = suffixes[0].kind, member.text == name,
        case .call(let arguments) = suffixes[1].kind, let local = arguments.first?.localIndex
      else { continue }
      changed = (local, name == "insert")
    }
    return outcomes.map { outcome in
      var after = restored(outcome.world, world)
      if let changed { change(changed.local, isItem: changed.isItem, &after) }
      after.seen.formUnion(world.seen)
      return after
    }
  }

  /// Notes that a table in a local was changed; `isItem`: an item was added.
  private func change(_ local: Int, isItem: Bool, _ world: inout World) {
    switch world.values[local]?.kind {
    case .table(let count):
      world.values[local]?.kind = isItem ? .table(count + 1) : count == 0 ? .table(0) : .unknown(local: nil)
    case .list: world.assign(.unknown(.state), to: local)
    default: break
    }
  }

  private func value(
    at place: Int, of list: [Value], _ expressions: [Expression], seen: CapacityConcerns
  ) -> Value {
    var value = Value.nothing
    if place < list.count {
      value = list[place]
    } else if case .suffixed(_, let suffixes)? = expressions.last?.kind, suffixes.last?.isCall == true {
      // A further result of a call.
      value = .unknown(list.last?.subject ?? .data)
    }
    value.concerns.formUnion(seen)
    return value
  }

  private func quiet(_ world: World) -> World {
    var world = begun(world)
    world.seen = []
    return world
  }

  /// The world after a statement that only computes: what it computes leads nowhere yet.
  private func restored(_ after: World, _ before: World) -> World {
    var after = begun(after)
    if after.status == .aside { after.status = before.status }
    return after
  }

  /// The values of a list of expressions, in each world.
  mutating func evaluateAll(_ expressions: [Expression], _ world: World) -> [([Value], World)] {
    var found: [([Value], World)] = [([], world)]
    for expression in expressions {
      var next: [([Value], World)] = []
      for (values, world) in found {
        for outcome in evaluate(expression, world) { next.append((values + [outcome.value], outcome.world)) }
      }
      found = next
    }
    return found
  }
}

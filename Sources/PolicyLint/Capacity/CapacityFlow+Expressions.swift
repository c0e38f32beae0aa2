import LuaSyntax

extension CapacityFlow {
  /// The values that an expression may have, each with the world in which it has it.
  mutating func evaluate(_ expression: Expression, _ world: World) -> [Outcome] {
    enterStep()
    defer { leaveStep() }
    guard !isExhausted else { return [] }
    func one(_ kind: Value.Kind) -> [Outcome] { [Outcome(world: world, value: Value(kind: kind))] }
    switch expression.kind {
    case .nil: return one(.nothing)
    case .boolean(let value): return one(.boolean(value))
    case .integer(let value): return one(.number(Double(value)))
    case .float(let value): return one(.number(value))
    case .string: return one(.text(expression.stringText ?? ""))
    case .vararg: return [Outcome(world: world, value: .unknown(.data))]
    case .function(let body): return one(.function(body.range))
    case .name(let use): return [Outcome(world: world, value: value(of: use, world))]
    case .table(let table): return evaluate(table, world)
    case .parenthesized(let inner): return evaluate(inner, world)
    case .unary(let operation, let operand):
      return evaluate(operand, world).map { Outcome(world: $0.world, value: Self.apply(operation, $0.value)) }
    case .binary(let first, let steps):
      var outcomes = evaluate(first, world)
      for step in steps { outcomes = bounded(apply(step.operation, step.operand, outcomes)) }
      return outcomes
    case .suffixed(let base, let suffixes): return evaluate(base, suffixes, expression.range, world)
    }
  }

  private func value(of use: NameUse, _ world: World) -> Value {
    guard let local = use.binding.localIndex else {
      return use.text == "now" ? .unknown(.time) : Value(kind: .named(use.text))
    }
    guard var value = world.values[local] else { return .unknown(.data) }
    if case .unknown = value.kind { value.kind = .unknown(local: local) }
    return value
  }

  private mutating func evaluate(_ table: TableConstructor, _ world: World) -> [Outcome] {
    var items: [Expression] = []
    for entry in table.entries {
      if case .item(let value) = entry { items.append(value) }
    }
    let last = items.last?.unwrapped.kind
    var isCertain = items.count == table.entries.count || items.isEmpty
    switch last {
    case .vararg, .suffixed: isCertain = false
    default: break
    }
    return evaluateAll(items, world).map { values, after in
      let concerns = values.reduce(into: CapacityConcerns()) { $0.formUnion($1.subject) }
      // Items that may be nil do not count for certain.
      return Outcome(
        world: after,
        value: isCertain && values.allSatisfy(\.isPlain)
          ? Value(kind: .table(items.count), concerns: concerns) : .unknown(concerns))
    }
  }

  private static func apply(_ operation: UnaryOperator, _ value: Value) -> Value {
    switch (operation, value.kind) {
    case (.not, .nothing), (.not, .boolean(false)): Value(kind: .boolean(true), concerns: value.concerns)
    case (.not, .boolean(true)), (.not, .present), (.not, .number), (.not, .text):
      Value(kind: .boolean(false), concerns: value.concerns)
    case (.not, .not(let inner)) where inner.deviceAsked != nil: inner
    case (.not, _): Value(kind: .not(value), concerns: value.concerns)
    case (.length, .list(let query)): Value(kind: .count(query), concerns: value.concerns)
    case (.length, .table(let count)): Value(kind: .number(Double(count)), concerns: value.concerns)
    case (.length, .fleet): Value(kind: .fleetCount)
    case (.negate, .number(let number)): Value(kind: .number(-number), concerns: value.concerns)
    default: .unknown(value.subject)
    }
  }

  private mutating func apply(_ operation: BinaryOperator, _ operand: Expression, _ lefts: [Outcome]) -> [Outcome] {
    switch operation {
    case .and, .or: return choose(lefts, operand, goesOn: operation == .and)
    default:
      var found: [Outcome] = []
      for left in lefts {
        for right in evaluate(operand, left.world) {
          found.append(Outcome(world: right.world, value: Self.combine(operation, left.value, right.value)))
        }
      }
      return found
    }
  }

  /// `left and right` if `goesOn` is true, else `left or right`.
  private mutating func choose(_ lefts: [Outcome], _ operand: Expression, goesOn: Bool) -> [Outcome] {
    var found: [Outcome] = []
    var ended: [Outcome] = []
    for left in lefts {
      if case .unknown = left.value.kind, let plain = plain(left, operand) {
        found.append(plain)
        continue
      }
      // `device.limit_hour or 100`: the limit is the device's, if it has one.
      if !goesOn, case .measure(.limit, _) = left.value.kind {
        found.append(left)
        continue
      }
      if let world = assume(left, goesOn) {
        found += evaluate(operand, world).map { goesOn ? $0 : passing(operand, $0, world) }
      }
      if let world = assume(left, !goesOn) {
        var value = left.value
        if goesOn { value = Value(kind: .nothing, concerns: value.concerns) }
        ended.append(Outcome(world: world, value: value))
      }
    }
    if goesOn {
      // `own and own.can_accept_more`: that the device may be missing is a part of the test.
      let asked = found.compactMap(\.value.deviceAsked)
      for place in ended.indices {
        guard let missing = ended[place].world.missing else { continue }
        if asked.contains(missing) || found.contains(where: { $0.world.causes.contains(.device(missing)) }) {
          ended[place].world.excuse()
        }
      }
    }
    return found + ended
  }

  /// The outcome of an operand of `or`. If it is false only because of the contact, as in `is_late and skip('late')`,
  /// it does not change the cause of a `wait` after it.
  private func passing(_ operand: Expression, _ after: Outcome, _ before: World) -> Outcome {
    guard case .nothing = after.value.kind, !outline.hasWaitFor, after.world.facts == before.facts,
      after.world.seen.isDisjoint(with: [.time, .state]), operand.first(where: { $0.globalName == "wait" }) == nil
    else { return after }
    return Outcome(world: before, value: .nothing)
  }

  /// A choice between values that say nothing about capacity, as one value.
  private mutating func plain(_ left: Outcome, _ operand: Expression) -> Outcome? {
    guard case .unknown(let local) = left.value.kind, local.flatMap({ left.world.refined[$0] }) == nil else {
      return nil
    }
    let rights = evaluate(operand, left.world)
    guard rights.count == 1, rights[0].value.isPlain, rights[0].world.status == left.world.status else { return nil }
    let concerns = left.value.concerns.isEmpty ? .data : left.value.concerns
    return Outcome(world: rights[0].world, value: .unknown(concerns.union(rights[0].value.subject)))
  }

  /// The world in which a value is true, or false; nil if it cannot be.
  func assume(_ outcome: Outcome, _ isTrue: Bool) -> World? { assume(outcome.value, isTrue, outcome.world) }

  private func assume(_ value: Value, _ isTrue: Bool, _ world: World) -> World? {
    let isSure = outline.hasWaitFor
    func known(_ truth: Bool) -> World? {
      guard truth == isTrue else { return nil }
      var world = world
      if !value.concerns.isEmpty { world.meet(value.concerns, isSure: isSure) }
      return world
    }
    func learn(_ atom: CapacityAtom) -> World? { world.learning(atom, isTrue, isSure: isSure, value.concerns) }
    switch value.kind {
    case .nothing, .boolean(false): return known(false)
    case .wait, .verdict: return isTrue ? world : nil
    case .unknown(let local):
      if let local, let truth = world.refined[local] { return truth == isTrue ? world : nil }
      var world = world
      if let local { world.refined[local] = isTrue }
      world.meet(value.concerns.isEmpty ? .data : value.concerns, isSure: isSure)
      return world
    case .fact(let atom): return learn(atom)
    case .not(let inner): return assume(inner, !isTrue, world)
    case .device(let device):
      if let query = device.query { return learn(.found(query)) }
      return device.isItem ? known(true) : learn(.exists(device))
    case .measure(.limit, let device): return learn(.isLimited(device, ""))
    default: return known(true)
    }
  }
}

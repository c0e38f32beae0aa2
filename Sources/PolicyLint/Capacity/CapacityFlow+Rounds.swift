import LuaSyntax

extension CapacityFlow {
  /// The worlds in `for variables in ...` and around it.
  mutating func rounds(
    over list: Expression?, _ variables: [Int], at statement: Statement, _ world: World
  ) -> Rounds {
    var around = Rounds()
    guard let list else { return around }
    let walked =
      PolicyCheck.Shapes.argument(of: "ipairs", in: list) ?? PolicyCheck.Shapes.argument(of: "pairs", in: list)
    let item = CapacityDevice(key: "item \(statement.range.start.offset)", isItem: true)
    for outcome in evaluate(walked ?? list, begun(world)) {
      var worlds = self.worlds(visiting: outcome, &around)
      for place in worlds.indices {
        var value = CapacityValue.unknown(outcome.value.subject)
        switch outcome.value.kind {
        case .list, .fleet: value = CapacityValue(kind: .device(item))
        default: break
        }
        for (index, local) in variables.enumerated() {
          worlds[place].assign(index == 1 && walked != nil ? value : .unknown(value.subject), to: local)
        }
      }
      around.entered += worlds
    }
    return around
  }

  /// The worlds in `for variable = from, to` and around it.
  mutating func rounds(from: Expression, to: Expression, _ variable: Int, _ world: World) -> Rounds {
    var around = Rounds()
    for first in evaluate(from, begun(world)) {
      for last in evaluate(to, first.world) {
        var worlds: [World] = []
        switch (first.value.kind, last.value.kind) {
        case (_, .count(let query)):
          worlds = self.worlds(visiting: Outcome(world: last.world, value: CapacityValue(kind: .list(query))), &around)
        case (_, .fleetCount):
          worlds = self.worlds(visiting: Outcome(world: last.world, value: CapacityValue(kind: .fleet)), &around)
        case (.number(let one), .number(let other)):
          if one <= other { worlds = [begun(last.world)] } else { around.skipped.append(begun(last.world)) }
        default: worlds = self.worlds(visiting: last, &around)
        }
        for place in worlds.indices { worlds[place].assign(.unknown([]), to: variable) }
        around.entered += worlds
      }
    }
    return around
  }

  /// The worlds inside a loop over a value; adds those without a round.
  private func worlds(visiting outcome: Outcome, _ around: inout Rounds) -> [World] {
    let world = begun(outcome.world)
    let isSure = outline.hasWaitFor
    switch outcome.value.kind {
    case .list(let query):
      if let none = world.learning(.found(query), false, isSure: isSure) {
        around.skipped.append(begun(none))
        around.isEmptyFull = true
      }
      return world.learning(.found(query), true, isSure: isSure).map { [begun($0)] } ?? []
    case .fleet:
      around.skipped.append(world)
      return [world]
    case .table(let count):
      if count > 0 { return [world] }
      around.skipped.append(world)
      return []
    default:
      around.skipped.append(world)
      var inside = world
      inside.meet(outcome.value.concerns.isEmpty ? .data : outcome.value.concerns, isSure: isSure)
      inside.conclude()
      return [inside]
    }
  }
}

/// Explains why a position was not reached: the first condition on the way to it that was never met.
struct CoverageReasons {
  private let tally: CoverageTally
  private var map: CoverageMap { tally.map }

  init(_ tally: CoverageTally) { self.tally = tally }

  /// For a spot that was not reached. Goes back spot by spot to one that was reached; each step leads to an earlier spot.
  func reason(_ place: Int) -> String? {
    var place = place
    while true {
      switch map.spots[place].cause {
      case .chunk: return nil
      case .function(let index):
        let function = map.functions[index]
        if tally.count([function.count]) > 0 { return nil }
        return function.isUnaskedHook
          ? "no case calls the hook '\(function.name)'"
          : "'\(function.name)' at line \(function.line) is never called"
      case .arm(let arm):
        if let words = words(arm) { return words }
        place = map.branches[arm.branch].spot
        // The spot with the branch was reached, but the branch was not: execution ended before it.
        if isReached(place) { return "line \(map.spots[place].line) always ends before it" }
      case .after(let before):
        guard isReached(before) else {
          place = before
          continue
        }
        for exit in map.spots[before].exits {
          if let words = words(exit) { return words }
        }
        return "the statement at line \(map.spots[before].line) never completed"
      }
    }
  }

  /// For a branch that was reached and never took one of its arms; nil if it took both, or was not reached. Does not name
  /// the line.
  func words(_ branch: Int) -> String? {
    for way in [0, 1] where map.branches[branch].isPossible[way] {
      if let words = words(.init(branch: branch, way: way), namesLine: false) { return words }
    }
    return nil
  }

  private func isReached(_ spot: Int) -> Bool { tally.count(map.spots[spot].counts) > 0 }

  /// Nil if the branch took this arm, or was not reached.
  private func words(_ arm: CoverageMap.Arm, namesLine: Bool = true) -> String? {
    let branch = map.branches[arm.branch]
    let other = tally.count([branch.counts[1 - arm.way]])
    guard tally.count([branch.counts[arm.way]]) == 0, other > 0 else { return nil }
    let times = other == 1 ? "1 time" : "\(other) times"
    let isTrue = arm.way == 0
    let place = namesLine ? " at line \(branch.line)" : ""
    return switch branch.kind {
    case .condition:
      "the condition\(place) was never \(isTrue ? "true" : "false") in \(evaluations(other))"
    case .and, .or:
      "the left side of '\(branch.kind.rawValue)'\(place) was never \(isTrue ? "true" : "false") in "
        + evaluations(other)
    case .loop:
      isTrue
        ? "the loop\(place) started \(times) and never entered its body"
        : "the loop\(place) started \(times) and always entered its body"
    }
  }

  private func evaluations(_ count: UInt64) -> String { count == 1 ? "1 evaluation" : "\(count) evaluations" }
}

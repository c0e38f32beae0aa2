/// What cases reached in one policy, by line and by branch, and why they did not reach the rest.
package struct CoverageReport: Sendable {
  /// The number of reached items out of all reachable ones.
  package struct Share: Equatable, Sendable {
    /// From 0 to `total`.
    package var reached = 0
    /// All reachable items; arms that the code rules out do not count.
    package var total = 0

    /// Empty by default.
    package init(reached: Int = 0, total: Int = 0) { (self.reached, self.total) = (reached, total) }

    /// 100 if there is nothing to reach.
    package var percent: Double { total == 0 ? 100 : Double(reached) * 100 / Double(total) }

    /// What reports show, in tenths of a percent, 0 to 1000. Rounded down: 1000 means that everything was reached.
    package var shownTenths: Int { total == 0 ? 1000 : reached * 1000 / total }

    /// Adds both counts, to combine policies or kinds of items.
    package static func + (left: Share, right: Share) -> Share {
      Share(reached: left.reached + right.reached, total: left.total + right.total)
    }
  }

  /// A line on which a statement or a counted part of one begins.
  package struct Line: Sendable {
    /// The line number, from 1.
    package let line: Int
    /// How often the line was reached: the highest count of any item that begins on it.
    package let count: UInt64
    /// Why it was never reached, if known.
    package let reason: String?
  }

  /// A branch and how often each arm was taken.
  package struct Branch: Sendable {
    /// The line of the condition, the operator or the loop, from 1.
    package let line: Int
    /// In Unicode scalars of the line, from 1.
    package let column: Int
    /// Determines what the two counts mean.
    package let kind: CoverageMap.Branch.Kind
    /// How often each arm was taken; nil for an impossible arm.
    package let counts: [UInt64?]
    /// The arm that was never taken although the branch was reached, in words; nil otherwise.
    package let reason: String?
  }

  /// How often one function of the file was called.
  package struct Function: Sendable {
    /// The declared name, or else `function at line 3`; unique in the report.
    package let name: String
    /// The line where it begins, from 1.
    package let line: Int
    /// Calls in all counted cases.
    package let count: UInt64
  }

  /// In file order.
  package let lines: [Line]
  /// Sorted by line and column.
  package let branches: [Branch]
  /// In the order of `CoverageMap.functions`.
  package let functions: [Function]
  /// Cases that were not counted.
  package let leftOut: [String]

  /// Also determines why lines and arms were not reached.
  package init(_ tally: CoverageTally) {
    let map = tally.map
    let reasons = CoverageReasons(tally)
    var lines: [Int: (count: UInt64, reason: String?)] = [:]
    for (place, spot) in map.spots.enumerated() {
      let count = tally.count(spot.counts)
      // A line counts as reached if any item that begins on it was.
      if let known = lines[spot.line], known.count >= count { continue }
      lines[spot.line] = (count, count == 0 ? reasons.reason(place) : nil)
    }
    self.lines = lines.sorted { $0.key < $1.key }.map { Line(line: $0, count: $1.count, reason: $1.reason) }
    branches = map.branches.enumerated().sorted {
      ($0.element.line, $0.element.column, -$0.offset) < ($1.element.line, $1.element.column, -$1.offset)
    }.map { index, branch in
      Branch(
        line: branch.line, column: branch.column, kind: branch.kind,
        counts: [0, 1].map { branch.isPossible[$0] ? tally.count([branch.counts[$0]]) : nil },
        reason: reasons.words(index))
    }
    functions = map.functions.map { Function(name: $0.name, line: $0.line, count: tally.count([$0.count])) }
    leftOut = tally.leftOut
  }

  /// The share of lines on which an item begins; comments and blank lines do not count.
  package var lineShare: Share { Share(reached: lines.count { $0.count > 0 }, total: lines.count) }

  /// The share of arms: two per branch, except impossible ones.
  package var branchShare: Share {
    let ways = branches.flatMap { $0.counts.compactMap(\.self) }
    return Share(reached: ways.count { $0 > 0 }, total: ways.count)
  }

  /// The share of functions called at least once.
  package var functionShare: Share { Share(reached: functions.count { $0.count > 0 }, total: functions.count) }

  /// Lines and branches together, to which a minimum percentage applies.
  package var share: Share { lineShare + branchShare }
}

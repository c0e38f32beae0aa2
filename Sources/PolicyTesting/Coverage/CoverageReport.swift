/// What cases reached of one policy, line by line and branch by branch, and why not the rest.
package struct CoverageReport: Sendable {
  /// Reached of what can be.
  package struct Share: Equatable, Sendable {
    /// From 0 to `total`.
    package var reached = 0
    /// What can be reached; ways that the code rules out do not count.
    package var total = 0

    /// Nothing to reach unless given.
    package init(reached: Int = 0, total: Int = 0) { (self.reached, self.total) = (reached, total) }

    /// 100 where there is nothing to reach.
    package var percent: Double { total == 0 ? 100 : Double(reached) * 100 / Double(total) }

    /// Adds both counts, for several policies or several kinds.
    package static func + (left: Share, right: Share) -> Share {
      Share(reached: left.reached + right.reached, total: left.total + right.total)
    }
  }

  /// A line on which a statement, or a part of one, begins.
  package struct Line: Sendable {
    /// The number, from 1.
    package let line: Int
    /// How often the first thing on it was come to that was come to most.
    package let count: UInt64
    /// Why it was never reached, where that can be told.
    package let reason: String?
  }

  /// A place where the code goes one of two ways, and how often it went each.
  package struct Branch: Sendable {
    /// Where the condition, the operator or the loop begins, from 1.
    package let line: Int
    /// In Unicode scalars of the line, from 1.
    package let column: Int
    /// Says what the two counts stand for.
    package let kind: CoverageMap.Branch.Kind
    /// How often it went either way; nil for a way that it cannot go.
    package let counts: [UInt64?]
    /// What is to be said of a way that it never went though it was come to.
    package let reason: String?
  }

  /// How often one function of the file was called.
  package struct Function: Sendable {
    /// As declared, else `function at line 3`; unique in the report.
    package let name: String
    /// Where it begins, from 1.
    package let line: Int
    /// Calls in all cases that were counted.
    package let count: UInt64
  }

  /// In the order of the file.
  package let lines: [Line]
  /// By line and column.
  package let branches: [Branch]
  /// In the order of `CoverageMap.functions`.
  package let functions: [Function]
  /// Cases that are not counted in.
  package let leftOut: [String]

  /// Also works out why each line and way was not reached.
  package init(_ tally: CoverageTally) {
    let map = tally.map
    let reasons = CoverageReasons(tally)
    var lines: [Int: (count: UInt64, reason: String?)] = [:]
    for (place, spot) in map.spots.enumerated() {
      let count = tally.count(spot.counts)
      // A line is reached when something that begins on it is.
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

  /// Of lines on which something begins; comments and blank lines do not count.
  package var lineShare: Share { Share(reached: lines.count { $0.count > 0 }, total: lines.count) }

  /// Of ways, two for each branch unless the code rules one out.
  package var branchShare: Share {
    let ways = branches.flatMap { $0.counts.compactMap(\.self) }
    return Share(reached: ways.count { $0 > 0 }, total: ways.count)
  }

  /// Of functions that were called at least once.
  package var functionShare: Share { Share(reached: functions.count { $0.count > 0 }, total: functions.count) }

  /// Lines and branches together: what a least percentage is asked of.
  package var share: Share { lineShare + branchShare }
}

import Routing

/// How often each side gave each reason.
package struct ReasonCounts: Sendable {
  /// One reason with its counts on both sides.
  package struct Line: Equatable, Sendable {
    /// A reason given with two outcomes has two lines.
    package let outcome: Outcome
    /// The policy's reason, or `others`.
    package let reason: String
    /// The code of the reason; nil if a script wrote it.
    package let code: ReasonCode?
    /// Decisions of the policies in use; 0 if only the candidate gave the reason.
    package let before: Int
    /// Decisions of the candidate; 0 if only the policies in use gave the reason.
    package let after: Int
  }

  /// The maximum number of distinct reasons; further ones are counted together, because a policy may give each contact
  /// its own reason.
  package static let distinctMax = 10_000
  /// The reason used for all beyond `distinctMax`.
  package static let others = "(other reasons)"

  private struct Key: Hashable {
    let outcome: Outcome
    let reason: String
    let code: ReasonCode?
  }

  private var counts: [Key: (before: Int, after: Int)] = [:]

  mutating func add(before: DryRunReport.Side, after: DryRunReport.Side) {
    counts[key(before), default: (0, 0)].before += 1
    counts[key(after), default: (0, 0)].after += 1
  }

  private func key(_ side: DryRunReport.Side) -> Key {
    let key = Key(outcome: side.outcome, reason: side.reason, code: side.code)
    if counts.count < ReasonCounts.distinctMax || counts[key] != nil { return key }
    return Key(outcome: side.outcome, reason: ReasonCounts.others, code: nil)
  }

  /// Grouped by outcome, most frequent first.
  package var lines: [Line] {
    let order = Dictionary(uniqueKeysWithValues: Outcome.allCases.enumerated().map { ($1, $0) })
    return counts.map { key, count in
      Line(outcome: key.outcome, reason: key.reason, code: key.code, before: count.before, after: count.after)
    }.sorted { a, b in
      if a.outcome != b.outcome { return order[a.outcome, default: 0] < order[b.outcome, default: 0] }
      let (most, least) = (max(a.before, a.after), max(b.before, b.after))
      return most != least ? most > least : a.reason.utf8.lexicographicallyPrecedes(b.reason.utf8)
    }
  }
}

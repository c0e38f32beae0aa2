/// A canary's rollback limits as text: `faults=1%,waiting=+10%,moved=off,least=200`.
extension RollbackLimits {
  /// Why a text could not be parsed.
  package struct Unreadable: Error, Equatable {
    /// One sentence: what was expected and what was found.
    package let message: String
  }

  /// Sets the limits that the text names; the others keep their values. Throws for a name that the text has twice.
  package mutating func read(_ text: String) throws(Unreadable) {
    var seen = Set<String>()
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard sides.count == 2 else {
        throw Unreadable(message: "expected NAME=LIMIT such as faults=1% or waiting=+10%, found '\(part)'")
      }
      guard seen.insert(sides[0]).inserted else {
        throw Unreadable(message: "expected each limit once, found '\(sides[0])' twice")
      }
      if sides[0] == "least" {
        guard let count = Int(sides[1]), (1...RollbackLimits.leastJudgedMax).contains(count) else {
          throw Unreadable(message: "least: expected 1 to \(RollbackLimits.leastJudgedMax), found '\(sides[1])'")
        }
        leastJudged = count
        continue
      }
      guard let measure = Measure(rawValue: sides[0]) else {
        throw Unreadable(message: "expected faults, waiting, moved, failed or least, found '\(sides[0])'")
      }
      guard let bound = Bound(sides[1]) else {
        throw Unreadable(
          message: "\(sides[0]): expected 1%, +1% or off, with 0 to 100 percent, found '\(sides[1])'")
      }
      self[measure] = bound
    }
  }

  /// All limits and `least`, in the form that `read` parses.
  package var text: String {
    (Measure.allCases.map { "\($0.rawValue)=\(self[$0].text)" } + ["least=\(leastJudged)"]).joined(separator: ",")
  }
}

extension RollbackLimits.Bound {
  /// Parses `off`, `1%` or `+1%`, 0 to 100 percent; nil for anything else.
  package init?(_ text: String) {
    if text == "off" {
      self = .off
    } else if text.hasPrefix("+") {
      guard let parts = Percent.partsPerMillion(text.dropFirst()) else { return nil }
      self = .above(parts)
    } else {
      guard let parts = Percent.partsPerMillion(text[...]) else { return nil }
      self = .share(parts)
    }
  }

  /// The form that `init(_:)` parses.
  package var text: String {
    switch self {
    case .share(let parts): Percent.text(parts)
    case .above(let parts): "+" + Percent.text(parts)
    case .off: "off"
    }
  }
}

/// Two texts line by line, as `diff -u` shows them: lines that differ with three lines around them.
package struct UnifiedDiff {
  private enum Line: Equatable {
    case both(String)
    case before(String)
    case after(String)
  }

  private let lines: [Line]
  /// The number of unchanged lines around a change.
  private static let context = 3

  /// Lines without their ends. Costs time and memory proportional to the product of the lines that differ.
  package init(_ before: [String], _ after: [String]) {
    var (removed, inserted): ([Int: String], [Int: String]) = ([:], [:])
    for change in after.difference(from: before) {
      switch change {
      case .remove(let offset, let element, _): removed[offset] = element
      case .insert(let offset, let element, _): inserted[offset] = element
      }
    }
    var lines: [Line] = []
    var (old, new) = (0, 0)
    while old < before.count || new < after.count {
      if let line = removed[old], old < before.count {
        lines.append(.before(line))
        old += 1
      } else if let line = inserted[new] {
        lines.append(.after(line))
        new += 1
      } else {
        lines.append(.both(before[old]))
        (old, new) = (old + 1, new + 1)
      }
    }
    self.lines = lines
  }

  /// Whether the texts are the same.
  package var isEmpty: Bool {
    lines.allSatisfy { if case .both = $0 { true } else { false } }
  }

  /// The header with the two titles, then the hunks; empty for equal texts.
  package func text(_ before: String, _ after: String) -> String {
    isEmpty ? "" : "--- \(before)\n+++ \(after)\n" + hunks().map(text(of:)).joined()
  }

  /// The ranges of lines around changes.
  private func hunks() -> [Range<Int>] {
    var hunks: [Range<Int>] = []
    for (place, line) in lines.enumerated() {
      if case .both = line { continue }
      let range = max(0, place - UnifiedDiff.context)..<min(lines.count, place + UnifiedDiff.context + 1)
      if let last = hunks.last, last.upperBound >= range.lowerBound {
        hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
      } else {
        hunks.append(range)
      }
    }
    return hunks
  }

  private func text(of hunk: Range<Int>) -> String {
    let (before, after) = (place(of: hunk, isBefore: true), place(of: hunk, isBefore: false))
    return "@@ -\(before) +\(after) @@\n"
      + lines[hunk].map { line in
        switch line {
        case .both(let text): " \(text)\n"
        case .before(let text): "-\(text)\n"
        case .after(let text): "+\(text)\n"
        }
      }.joined()
  }

  /// `12,7`: the start of a hunk in one of the texts, and its number of lines.
  private func place(of hunk: Range<Int>, isBefore: Bool) -> String {
    let count = { (range: Range<Int>) in
      lines[range].count { line in
        switch line {
        case .both: true
        case .before: isBefore
        case .after: !isBefore
        }
      }
    }
    let (start, length) = (count(0..<hunk.lowerBound), count(hunk))
    return "\(length == 0 ? start : start + 1),\(length)"
  }
}

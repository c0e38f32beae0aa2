/// Percentages as text, stored exactly as parts per million.
package enum Percent {
  /// Parses `10%`, `2.5%` or `10`: 0 to 100 with at most four decimal places; nil for anything else.
  package static func partsPerMillion(_ text: Substring) -> Int? {
    let digits = text.hasSuffix("%") ? text.dropLast() : text
    let sides = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let isDigits = { (side: Substring) in !side.isEmpty && side.utf8.allSatisfy { (48...57).contains($0) } }
    guard (1...2).contains(sides.count), sides.allSatisfy(isDigits), sides[0].count <= 3, let whole = Int(sides[0])
    else { return nil }
    var parts = whole * 10_000
    if sides.count == 2 {
      guard sides[1].count <= 4, let fraction = Int(sides[1] + String(repeating: "0", count: 4 - sides[1].count))
      else { return nil }
      parts += fraction
    }
    return parts <= 1_000_000 ? parts : nil
  }

  /// Formats a share, such as `2.5%`.
  package static func text(_ partsPerMillion: Int) -> String {
    var fraction = String(partsPerMillion % 10_000 + 10_000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return "\(partsPerMillion / 10_000)\(fraction.isEmpty ? "" : ".")\(fraction)%"
  }
}

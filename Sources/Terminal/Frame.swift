/// Draws one screen after another, each with one write of what differs from the screen before: nothing flickers, and a
/// terminal far away gets few bytes.
package struct Frame {
  private var shown: [String] = []
  private var size: ScreenSize?
  private let colours: Colours

  /// Nothing is known of the terminal: the first screen is drawn whole.
  package init(colours: Colours) { self.colours = colours }

  /// The terminal holds something else by now: the next screen is drawn whole.
  package mutating func forget() { size = nil }

  /// What brings the terminal from the screen before to this one; empty when nothing differs. Lines beyond the size are
  /// left out, and longer ones cut.
  package mutating func bytes(_ lines: [StyledText], _ size: ScreenSize) -> [UInt8] {
    let isNew = self.size != size
    var next = lines.prefix(size.rows).map { $0.cut(to: size.columns).text(colours) }
    next += Array(repeating: "", count: max(0, size.rows - next.count))
    var drawn = isNew ? "\u{1B}[0m\u{1B}[2J" : ""
    for (row, line) in next.enumerated() where isNew ? !line.isEmpty : line != shown[row] {
      // Cleared before it is written: after a line that fills its row, clearing would take its last column away.
      drawn += "\u{1B}[\(row + 1);1H" + (isNew ? "" : "\u{1B}[2K") + line
    }
    (shown, self.size) = (next, size)
    guard !drawn.isEmpty else { return [] }
    // A terminal that knows the mode shows what is between the two at once; others do not mind it.
    return Array("\u{1B}[?2026h\(drawn)\u{1B}[?2026l".utf8)
  }
}

/// Draws screens one after another. Each takes one write with the differences from the screen before, which avoids flicker and
/// saves bytes on a slow connection.
package struct Frame {
  private var shown: [String] = []
  private var size: ScreenSize?
  private let colours: Colours

  /// The state of the terminal is unknown: the first screen is drawn whole.
  package init(colours: Colours) { self.colours = colours }

  /// Call it after something else changed the terminal: the next screen is drawn whole.
  package mutating func forget() { size = nil }

  /// The bytes that change the previous screen into this one; empty if nothing differs. Lines beyond the size are omitted, and
  /// longer ones are cut.
  package mutating func bytes(_ lines: [StyledText], _ size: ScreenSize) -> [UInt8] {
    let isNew = self.size != size
    var next = lines.prefix(size.rows).map { $0.cut(to: size.columns).text(colours) }
    next += Array(repeating: "", count: max(0, size.rows - next.count))
    var drawn = isNew ? "\u{1B}[0m\u{1B}[2J" : ""
    for (row, line) in next.enumerated() where isNew ? !line.isEmpty : line != shown[row] {
      // Each row is cleared before it is written: clearing after a full row would erase its last column.
      drawn += "\u{1B}[\(row + 1);1H" + (isNew ? "" : "\u{1B}[2K") + line
    }
    (shown, self.size) = (next, size)
    guard !drawn.isEmpty else { return [] }
    // A terminal that supports the mode shows everything between the two sequences at once; others ignore it.
    return Array("\u{1B}[?2026h\(drawn)\u{1B}[?2026l".utf8)
  }
}

/// Wraps prose into lines.
package enum Wrapping {
  /// Breaks at spaces, and between characters of scripts that are written without them. A word that is longer than a line
  /// gets a line of its own and exceeds `width`. `after`: columns that are already used in the first line.
  package static func lines(_ text: String, width: Int, after used: Int = 0) -> [String] {
    var lines: [String] = []
    var (line, room) = ("", width - used)
    for piece in pieces(of: text) {
      let gap = line.isEmpty || !piece.followsSpace ? 0 : 1
      let needed = DisplayWidth.of(piece.text)
      if gap + needed > room, !line.isEmpty {
        lines.append(line)
        (line, room) = (piece.text, width - needed)
      } else {
        line += (gap == 0 ? "" : " ") + piece.text
        room -= gap + needed
      }
    }
    return lines + [line]
  }

  /// Columns of the longest piece of a text that `lines` keeps whole; 0 for an empty text.
  package static func longest(in text: String) -> Int {
    pieces(of: text).map { DisplayWidth.of($0.text) }.max() ?? 0
  }

  // MARK: - Pieces

  /// A text that is never broken, and whether a space precedes it.
  private typealias Piece = (text: String, followsSpace: Bool)

  private static func pieces(of text: String) -> [Piece] {
    let words = text.split(separator: " ")
    // Nearly every text is ASCII.
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return words.map { (String($0), true) } }
    return words.flatMap { word -> [Piece] in
      var pieces: [Piece] = []
      for character in word {
        if let last = pieces.last?.text.last, !isBreak(between: last, and: character) {
          pieces[pieces.count - 1].text.append(character)
        } else {
          pieces.append((String(character), pieces.isEmpty))
        }
      }
      return pieces
    }
  }

  /// A simple form of Unicode's line breaking (UAX 14): between two wide characters, except before punctuation that closes and
  /// after punctuation that opens. Korean is written with spaces and breaks at these alone.
  private static func isBreak(between left: Character, and right: Character) -> Bool {
    guard isWide(left), isWide(right) else { return false }
    let (before, after) = (category(left), category(right))
    return ![.openPunctuation, .initialPunctuation].contains(before)
      && ![.closePunctuation, .finalPunctuation, .otherPunctuation].contains(after)
  }

  private static func isWide(_ character: Character) -> Bool {
    guard let first = character.unicodeScalars.first, DisplayWidth.width(of: first) == 2 else { return false }
    return !(0xAC00...0xD7A3 ~= first.value || 0x1100...0x11FF ~= first.value)
  }

  private static func category(_ character: Character) -> Unicode.GeneralCategory? {
    character.unicodeScalars.first?.properties.generalCategory
  }
}

/// The columns that a text takes on a terminal, as `wcwidth` counts them: two for East Asian wide characters and emoji, none for
/// combining marks.
package enum DisplayWidth {
  /// The columns of one line without control characters; each scalar of an emoji sequence counts.
  package static func of(_ text: String) -> Int {
    // Nearly every text is ASCII.
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
  }

  /// The longest prefix of whole characters that fits.
  package static func prefix(of text: String, columns: Int) -> String {
    var (room, end) = (columns, text.startIndex)
    while end < text.endIndex {
      let next = text.index(after: end)
      room -= of(String(text[end..<next]))
      if room < 0 { break }
      end = next
    }
    return String(text[..<end])
  }

  static func width(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    // Vowels and finals of Hangul join the consonant before them.
    if 0x1160...0x11FF ~= scalar.value { return 0 }
    // Two regional indicators are one flag, of two columns.
    if 0x1F1E6...0x1F1FF ~= scalar.value { return 1 }
    if scalar.properties.isEmojiPresentation { return 2 }
    return isWide(scalar.value) ? 2 : 1
  }

  /// The ranges with East Asian Width W or F, except emoji, in blocks.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x2E99, 0x2E9B...0x2EF3, 0x2F00...0x2FD5, 0x2FF0...0x303E,
    0x3041...0x3096,
    0x3099...0x30FF, 0x3105...0x312F, 0x3131...0x318E, 0x3190...0x31E3, 0x31F0...0x321E, 0x3220...0x3247,
    0x3250...0xA48C,
    0xA490...0xA4C6, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE52,
    0xFE54...0xFE66, 0xFE68...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x16FE4, 0x16FF0...0x16FF1,
    0x17000...0x18CD5, 0x18D00...0x18D08, 0x1AFF0...0x1AFFE,
    0x1B000...0x1B2FB, 0x1F200...0x1F202, 0x1F210...0x1F23B, 0x1F240...0x1F248, 0x1F250...0x1F251, 0x1F260...0x1F265,
    0x20000...0x2FFFD, 0x30000...0x3FFFD,
  ]

  private static func isWide(_ value: UInt32) -> Bool {
    var (low, high) = (0, wide.count)
    while low < high {
      let middle = (low + high) / 2
      if wide[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < wide.count && wide[low].contains(value)
  }
}

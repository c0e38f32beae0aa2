import Routing

extension SeededRandom {
  /// A string of up to 60 scalars, with many that JSON or CSV must escape.
  mutating func text() -> String {
    let special: [Unicode.Scalar] = [
      "\"", "\\", "/", ",", "\n", "\r", "\t", "\u{0}", "\u{1F}", "\u{7F}", "\u{85}", "\u{2028}", "\u{2029}",
      "\u{202A}", "\u{FEFF}", "\u{301}", "é", "漢", "😀", "'", "=", "+", " ", "\u{10FFFF}", "\u{FFFD}",
    ]
    var result = ""
    for _ in 0..<Int.random(in: 0...(Bool.random(using: &self) ? 8 : 60), using: &self) {
      let scalar =
        Bool.random(using: &self)
        ? special.randomElement(using: &self)
        : Unicode.Scalar(UInt32.random(in: 0x20...0x2FFF, using: &self))
      if let scalar { result.unicodeScalars.append(scalar) }
    }
    return result
  }
}

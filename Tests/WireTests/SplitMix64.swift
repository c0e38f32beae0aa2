/// A small generator with a seed, so that a failing property can be run again.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension SplitMix64 {
  /// A text of up to 60 scalars, rich in those that need care at the border.
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

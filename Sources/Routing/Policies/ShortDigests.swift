/// Digests as tables and messages show them: the first hexadecimal digits, without `sha256:`.
///
/// Commands that take a revision accept the short form. JSON, CSV and the store hold whole digests.
package struct ShortDigests: Sendable {
  /// Enough to tell the revisions of a store apart, unless somebody made two that begin alike.
  private static let digitsMin = 12
  private static let prefix = "sha256:"
  /// Bytes of a whole digest: the prefix and 64 hexadecimal digits.
  private static let length = prefix.utf8.count + 64

  private let digits: Int

  /// As many digits as tell the whole digests in `texts` apart, at least 12.
  package init(telling texts: some Sequence<String>) {
    let found = Set(texts.flatMap(ShortDigests.digests(in:))).sorted()
    // In sorted order, two neighbours have the longest common beginning.
    let common = zip(found, found.dropFirst()).map { zip($0.utf8, $1.utf8).prefix { $0 == $1 }.count }.max() ?? 0
    digits = max(ShortDigests.digitsMin, common + 1 - ShortDigests.prefix.utf8.count)
  }

  /// One digest in 12 digits: `8498aa29be08`.
  package static func text(_ digest: String) -> String {
    String(digest.dropFirst(prefix.count).prefix(digitsMin))
  }

  /// Shortens each whole digest in a text, to as many digits as tell those of the text apart. Leaves everything else as it is.
  package static func shortening(_ text: String) -> String { ShortDigests(telling: [text]).shortening(text) }

  /// Shortens each whole digest in a text. Costs one look through the text where it contains none.
  package func shortening(_ text: String) -> String {
    let found = ShortDigests.ranges(in: text)
    guard !found.isEmpty else { return text }
    var (result, place) = ("", text.startIndex)
    for range in found {
      result += text[place..<range.lowerBound]
      result += text[range].dropFirst(ShortDigests.prefix.count).prefix(digits)
      place = range.upperBound
    }
    return result + text[place...]
  }

  private static func digests(in text: String) -> [String] { ranges(in: text).map { String(text[$0]) } }

  /// `sha256:` and 64 hexadecimal digits, with no further digit behind them.
  private static func ranges(in text: String) -> [Range<String.Index>] {
    guard text.utf8.count >= length, text.contains(prefix) else { return [] }
    return text.ranges(of: prefix).compactMap { start in
      let digits = text.utf8[start.upperBound...].prefix { isHexadecimal($0) }
      return digits.count == 64 ? start.lowerBound..<digits.endIndex : nil
    }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }
}

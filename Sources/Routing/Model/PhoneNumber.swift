/// A phone number in E.164 form: `+`, a first digit other than 0, at most 15 digits (ITU-T E.164, 6.1), at least 7.
///
/// Anything else is rejected and never rewritten: guessing a country code would send messages to strangers (I-59).
package struct PhoneNumber: Hashable, Sendable, CustomStringConvertible {
  /// As stored and sent: `+` and 7 to 15 digits.
  package let text: String

  /// Returns nil for anything that is not E.164, including text with spaces or hyphens.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.first == UInt8(ascii: "+"), (8...16).contains(bytes.count), bytes[1] != UInt8(ascii: "0"),
      bytes.dropFirst().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    self.text = text
  }

  /// For a number that was checked before it was stored.
  package init(stored text: String) { self.text = text }

  package var description: String { text }
}

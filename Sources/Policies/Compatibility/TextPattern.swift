/// A text with placeholders, matched byte by byte. Texts are short: the cost may grow with the square of their length.
struct TextPattern: Sendable {
  private enum Part: Sendable {
    case literal([UInt8])
    /// Any bytes, as few as fit.
    case any
    /// Bytes for which the test holds, as many as there are, at least one.
    case run(@Sendable (UInt8) -> Bool)
    /// One of these, the longest first.
    case oneOf([[UInt8]])
  }

  private let parts: [Part]

  /// `choices`: the texts that match a placeholder, keyed by its name.
  init(_ pattern: String, _ choices: [String: [String]]) {
    var parts: [Part] = []
    var rest = pattern[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      if open > rest.startIndex { parts.append(.literal(Array(rest[..<open].utf8))) }
      parts.append(TextPattern.placeholder(String(rest[rest.index(after: open)..<close]), choices))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.literal(Array(rest.utf8))) }
    self.parts = parts
  }

  private static func placeholder(_ name: String, _ choices: [String: [String]]) -> Part {
    switch name {
    case "": .any
    case "int": .run { isDigit($0) || $0 == UInt8(ascii: "-") }
    case "name": .run { $0 != UInt8(ascii: "'") }
    case "word":
      .run { byte in
        isDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
          || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
      }
    default: .oneOf((choices[name] ?? []).map { Array($0.utf8) }.sorted { $0.count > $1.count })
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  /// The end of the match that begins at `start`; nil if there is no match. `whole`: the match must reach the end of
  /// the text.
  func end(in bytes: [UInt8], from start: Int, whole: Bool) -> Int? { end(bytes[...], start, parts[...], whole) }

  private func end(_ bytes: ArraySlice<UInt8>, _ place: Int, _ parts: ArraySlice<Part>, _ whole: Bool) -> Int? {
    guard let part = parts.first else { return whole && place != bytes.endIndex ? nil : place }
    let rest = parts.dropFirst()
    switch part {
    case .literal(let literal):
      return bytes[place...].starts(with: literal) ? end(bytes, place + literal.count, rest, whole) : nil
    case .any:
      // At the end of a pattern it matches the rest of the text.
      if rest.isEmpty { return bytes.endIndex }
      for next in place...bytes.endIndex { if let found = end(bytes, next, rest, whole) { return found } }
      return nil
    case .run(let isPart):
      let run = bytes[place...].prefix(while: isPart)
      return run.isEmpty ? nil : end(bytes, run.endIndex, rest, whole)
    case .oneOf(let choices):
      for choice in choices where bytes[place...].starts(with: choice) {
        if let found = end(bytes, place + choice.count, rest, whole) { return found }
      }
      return nil
    }
  }
}

import Routing
import Wire

/// Typed values of lines: each is read under a key, and errors say what was expected.
extension JSONReader {
  /// Any string without U+0000; SQLite stores those whole.
  mutating func text(_ key: String) throws(FieldError) -> String {
    let text = try string(key)
    guard !text.utf8.contains(0) else { throw failure(key, expected: "a text without U+0000") }
    return text
  }

  /// As `text`, but nil if the key is absent or null.
  mutating func optionalText(_ key: String) throws(FieldError) -> String? {
    presence(of: key) == .value ? try text(key) : nil
  }

  /// A string that is not blank.
  mutating func label(_ key: String, hint: String) throws(FieldError) -> String {
    let text = try text(key)
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw failure(key, expected: "a text that is not blank", hint: hint)
    }
    return text
  }

  mutating func identifier(_ key: String) throws(FieldError) -> String {
    let text = try string(key)
    guard ExternalID<Never>(text) != nil else {
      throw failure(key, expected: "an id: 1 to 200 bytes without control characters", hint: idHint(text))
    }
    return text
  }

  private func idHint(_ text: String) -> String {
    text.isEmpty ? "name it, or leave the key out where it is optional" : "shorten it or remove them"
  }

  mutating func phone(_ key: String) throws(FieldError) -> String {
    let expected = "a phone in E.164 form (+ and 7 to 15 digits, country code first)"
    guard let value = value(key), case .string(let text) = value else {
      throw failure(key, expected: expected, hint: "write it as a text in double quotes")
    }
    guard PhoneNumber(text) != nil else {
      throw failure(key, expected: expected, hint: JSONReader.phoneHint(text))
    }
    return text
  }

  /// The likely mistake in a phone number; imports never rewrite a number (I-59).
  private static func phoneHint(_ text: String) -> String {
    let mantissa = text.prefix { $0.isNumber || $0 == "+" || $0 == "." || $0 == "," }
    if !mantissa.isEmpty, let mark = text.dropFirst(mantissa.count).first, mark == "E" || mark == "e" {
      return "a spreadsheet changed it to exponent form and lost digits:"
        + " format the column as text and export it again"
    }
    if text.contains("@") { return "this is a messenger's id; give the phone number" }
    if !text.hasPrefix("+") { return "put + and the country code in front: Usher does not guess it" }
    return "remove spaces and punctuation, and check the number of digits"
  }

  mutating func instant(_ key: String) throws(FieldError) -> Int64 {
    let expected = "a time such as 2026-11-22T09:00:00Z"
    guard let value = value(key), case .string(let text) = value, let instant = Instant(rfc3339: text) else {
      throw failure(
        key, expected: expected, hint: "a time needs a date, seconds, and Z or an offset like +08:00")
    }
    return instant.milliseconds
  }

  mutating func whole(_ key: String, from least: Int = 0, to most: Int = .max) throws(FieldError) -> Int {
    let number = try int(key)
    guard number >= least, number <= most else {
      let range = most == .max ? "\(least) or more" : "\(least) to \(most)"
      throw failure(key, expected: "a whole number, \(range)")
    }
    return number
  }

  mutating func oneOf(_ key: String, _ words: [String]) throws(FieldError) -> String {
    let word = try string(key)
    guard words.contains(word) else {
      let list = words.map { "'\($0)'" }.joined(separator: ", ")
      throw failure(key, expected: "one of \(list)", hint: EditDistance.hint(to: word, among: words))
    }
    return word
  }

  /// A digest in lower case, as commands look it up; its hexadecimal digits may be written in either case.
  mutating func digest(_ key: String) throws(FieldError) -> String {
    let text = try string(key)
    let isDigest =
      text.hasPrefix("sha256:") && text.utf8.count == 71
      && text.utf8.dropFirst(7).allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    guard isDigest else {
      throw failure(key, expected: "'sha256:' and 64 hexadecimal digits")
    }
    return text.lowercased()
  }

  /// Unique strings that are not blank, in the order given.
  mutating func labels(_ key: String) throws(FieldError) -> [String] {
    let texts = try strings(key)
    var seen = Set<String>()
    for (index, text) in texts.enumerated() {
      let problem: String? =
        if text.isEmpty || text.allSatisfy(\.isWhitespace) {
          "a text that is not blank"
        } else if text.utf8.contains(0) {
          "a text without U+0000"
        } else if !seen.insert(text).inserted {
          "each text once"
        } else {
          nil
        }
      guard let problem else { continue }
      throw FieldError(
        path: "\(path(of: key))[\(index)]", expected: problem, found: JSONValue.string(text).briefly,
        hint: "remove it")
    }
    return texts
  }

  /// An object of strings, numbers, flags and nulls.
  mutating func scalars(_ key: String) throws(FieldError) -> JSONObject {
    let reader = try object(key)
    for (name, value) in reader.source.members {
      let problem: String? =
        switch value {
        case .array, .object: "a text, a number, true, false or null"
        case .string(let text) where text.utf8.contains(0): "a text without U+0000"
        default: name.isEmpty || name.utf8.contains(0) ? "a name that is not empty" : nil
        }
      guard let problem else { continue }
      throw FieldError(
        path: reader.path(of: name), expected: problem, found: value.briefly, hint: "lists go into 'tags'")
    }
    return reader.source
  }
}

extension JSONReader {
  /// A step's priority by its name.
  mutating func priority(_ key: String) throws(FieldError) -> Priority {
    Priority(name: try oneOf(key, Priority.allCases.map(\.name)))!
  }

  /// The name of a zone in the IANA database. Abbreviations and offsets are refused: they do not define daylight saving time.
  mutating func timeZone(_ key: String) throws(FieldError) -> String {
    let text = try string(key)
    guard ZoneDatabase.isZone(text) else {
      throw failure(key, expected: "a time zone of the IANA database, such as Europe/Berlin or UTC")
    }
    return text
  }

  /// `utc_offset_minutes`; nil if the decisions were made without one.
  mutating func utcOffset() throws(FieldError) -> Int? {
    try named("utc_offset_minutes") { (r, k) throws(FieldError) in try r.whole(k, from: -1080, to: 1080) }.value
  }
}

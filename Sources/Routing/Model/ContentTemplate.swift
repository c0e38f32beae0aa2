/// A step's text with `{name}`, `{phone}` and `{attribute}` placeholders.
///
/// Rendering is a pure function and runs once, when the message is queued: the stored text is the text that is sent
/// (I-65). A value that the lead does not have renders as nothing; `{name|there}` gives a default. `{{` is a literal
/// brace.
package struct ContentTemplate: Equatable, Sendable {
  /// A segment of the template: copied as it is, or replaced by the contact's value.
  package enum Part: Equatable, Sendable {
    case text(String)
    case placeholder(name: String, otherwise: String)
  }

  /// In source order; a brace that opens no placeholder is part of a text.
  package let parts: [Part]

  /// Never fails: a brace that opens no placeholder is text.
  package init(_ source: String) {
    var parts: [Part] = []
    var text = ""
    var rest = source[...]
    while let character = rest.popFirst() {
      guard character == "{" else {
        text.append(character)
        continue
      }
      if rest.first == "{" {
        rest.removeFirst()
        text.append("{")
        continue
      }
      guard let end = rest.firstIndex(of: "}"), let placeholder = ContentTemplate.placeholder(rest[..<end])
      else {
        text.append("{")
        continue
      }
      if !text.isEmpty { parts.append(.text(text)) }
      text = ""
      parts.append(placeholder)
      rest = rest[rest.index(after: end)...]
    }
    if !text.isEmpty { parts.append(.text(text)) }
    self.parts = parts
  }

  /// The text for one contact as it is stored and sent: without white space at its ends, each NUL replaced. Nil if
  /// nothing is left: an empty message is never sent (I-48).
  package func render(for contact: Contact) -> String? { trimmed(for: contact)?.withoutNUL }

  private func trimmed(for contact: Contact) -> String? {
    var count = 0
    for part in parts { count += ContentTemplate.text(of: part, for: contact).utf8.count }
    var isTrimmed = false
    // Built in one allocation of the exact size, because this runs for each message.
    let result = String(unsafeUninitializedCapacity: count) { bytes in
      var end = 0
      for part in parts { end += ContentTemplate.copy(ContentTemplate.text(of: part, for: contact), to: bytes, end) }
      isTrimmed = ContentTemplate.isTrimmed(bytes[..<end])
      return end
    }
    if isTrimmed { return result }
    let isSpace = { (c: Character) in c.isWhitespace }
    guard let first = result.firstIndex(where: { !isSpace($0) }),
      let last = result.lastIndex(where: { !isSpace($0) })
    else { return nil }
    return String(result[first...last])
  }

  /// True for most texts: those that begin and end with a visible ASCII character. Such a character is never white space,
  /// even combined with its neighbours.
  private static func isTrimmed(_ bytes: Slice<UnsafeMutableBufferPointer<UInt8>>) -> Bool {
    guard let first = bytes.first, let last = bytes.last else { return false }
    let visible: ClosedRange<UInt8> = 0x21...0x7E
    return visible.contains(first) && visible.contains(last)
  }

  private static func text(of part: Part, for contact: Contact) -> String {
    switch part {
    case .text(let text): text
    case .placeholder(let name, let otherwise): value(of: name, in: contact) ?? otherwise
    }
  }

  /// Copies a text into a buffer with enough space, and returns its length in bytes.
  private static func copy(_ text: String, to bytes: UnsafeMutableBufferPointer<UInt8>, _ start: Int) -> Int {
    let room = UnsafeMutableBufferPointer(rebasing: bytes[start...])
    let copied = text.utf8.withContiguousStorageIfAvailable { room.update(fromContentsOf: $0) }
    return copied ?? room.update(fromContentsOf: text.utf8)
  }

  private static func placeholder(_ source: Substring) -> Part? {
    let name = source.prefix { $0 != "|" }
    let otherwise = source.dropFirst(name.count + 1)
    guard !name.isEmpty, name.count <= 100,
      name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == "." })
    else { return nil }
    return .placeholder(name: String(name), otherwise: String(otherwise))
  }

  private static func value(of name: String, in contact: Contact) -> String? {
    let value: String?
    switch name {
    case "name": value = contact.name
    case "phone": value = contact.phone
    default:
      value = contact.attributes.first { $0.name == name }.map {
        switch $0.value {
        case .boolean(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .text(let value): value
        }
      }
    }
    return value.flatMap { $0.isEmpty ? nil : $0 }
  }
}

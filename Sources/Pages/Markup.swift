import Wire

/// Well-formed markup, valid both as HTML and as XML, that grows as it is written.
///
/// The only place where text becomes markup: names of elements come from this program, and all data goes through `text`
/// or an attribute's value, which both escape.
package struct Markup {
  /// The markup written so far; every element in it is closed.
  package private(set) var string = ""

  /// Empty; a page begins with its document type.
  package init() {}

  /// An element with content. Attributes that are nil are left out.
  package mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:], _ body: (inout Markup) -> Void
  ) {
    open(name, attributes)
    string += ">"
    body(&self)
    string += "</\(name)>"
  }

  /// An element that contains only text.
  package mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:], text: String
  ) {
    element(name, attributes) { $0.text(text) }
  }

  /// An element that has no content.
  package mutating func empty(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>) {
    open(name, attributes)
    string += "/>"
  }

  /// Text for people. Characters that affect the page or are invisible are written as visible `\u{…}`.
  package mutating func text(_ text: String) { string += Markup.escaped(text) }

  /// Markup from this program itself, not escaped.
  package mutating func verbatim(_ markup: StaticString) { string += "\(markup)" }

  private mutating func open(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>) {
    string += "<\(name)"
    for (name, value) in attributes {
      guard let value else { continue }
      string += " \(name)=\""
      string += Markup.escaped(value)
      string += "\""
    }
  }

  /// Escaped for text and for a quoted attribute's value.
  private static func escaped(_ text: String) -> String {
    // Nearly every string is plain and is returned unchanged.
    guard text.utf8.contains(where: needsCare) else { return text }
    var result = ""
    for scalar in terminalSafe(text).unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // XML 1.0 does not allow these characters.
      case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func needsCare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
    default: !(0x20...0x7E ~= byte)
    }
  }
}

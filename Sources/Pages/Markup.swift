import Wire

/// Well-formed markup, read alike as HTML and as XML, that grows as it is written.
///
/// The only place where text becomes markup: names are of our own making, and whatever comes from data goes through
/// `text` or an attribute's value, both of which escape.
package struct Markup {
  /// What was written so far; every element in it is closed.
  package private(set) var string = ""

  /// Empty; a page begins with its document type.
  package init() {}

  /// An element with something in it. Attributes that are nil are left out.
  package mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:], _ body: (inout Markup) -> Void
  ) {
    open(name, attributes)
    string += ">"
    body(&self)
    string += "</\(name)>"
  }

  /// An element with nothing but a text in it.
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

  /// Text for people. Characters that act on the page or hide on it are written as visible `\u{…}`.
  package mutating func text(_ text: String) { string += Markup.escaped(text) }

  /// What this program says in markup itself.
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

  /// Fit for text and for a quoted attribute's value.
  private static func escaped(_ text: String) -> String {
    // Nearly every text is plain and comes back as it is.
    guard text.utf8.contains(where: needsCare) else { return text }
    var result = ""
    for scalar in terminalSafe(text).unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // XML 1.0 has no such characters.
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

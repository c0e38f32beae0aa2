import Terminal

/// Escapes text for mdoc: no word is read as a macro, and text that is to be copied stays unchanged.
enum Mdoc {
  /// The width of a source line.
  private static let width = 72

  /// Paragraphs with each sentence on its own line, which lets the formatter space them.
  static func prose(_ paragraphs: [String]) -> [String] {
    paragraphs.enumerated().flatMap { place, paragraph in
      (place == 0 ? [] : [".Pp"]) + sentences(paragraph).flatMap { Wrapping.lines($0, width: width).map(line) }
    }
  }

  /// A list of items, each tag being a line of macros.
  static func list(_ items: [(tag: String, text: String)]) -> [String] {
    [".Bl -tag -width Ds"] + items.flatMap { [".It " + $0.tag.dropFirst()] + prose([$0.text]) } + [".El"]
  }

  /// A line that readers copy: hyphens stay hyphens.
  static func literal(_ text: String) -> String { line(text).replacing("-", with: "\\-") }

  /// Text as the argument of a macro.
  static func argument(_ text: String) -> String {
    // A capitalized word of two or three letters could be read as a macro.
    text.split(separator: " ").map { word in
      let isLikeMacro = word.count <= 3 && word.first?.isUppercase == true
      let isPunctuation = word.count == 1 && ".,:;()[]?!|".contains(word)
      return (isLikeMacro || isPunctuation ? "\\&" : "") + escaped(String(word)).replacing("\"", with: "\\(dq")
    }.joined(separator: " ")
  }

  private static func line(_ text: String) -> String {
    let text = escaped(text)
    return text.hasPrefix(".") ? "\\&" + text : text
  }

  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\e"
      case "'": "\\(aq"
      case "`": "\\(ga"
      case "^": "\\(ha"
      case "~": "\\(ti"
      case _ where scalar.isASCII: String(scalar)
      default: "\\[u" + hexadecimal(scalar.value) + "]"
      }
    }.joined()
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func sentences(_ text: String) -> [String] {
    var (sentences, words): ([String], [Substring]) = ([], [])
    for word in text.split(separator: " ") {
      words.append(word)
      if let last = word.drop(while: { $0 == ")" }).last(where: { !")'\"`".contains($0) }), ".?!".contains(last) {
        sentences.append(words.joined(separator: " "))
        words = []
      }
    }
    return words.isEmpty ? sentences : sentences + [words.joined(separator: " ")]
  }
}

import Routing

/// A word, a text in quotes, an operator or a parenthesis of a filter.
struct FilterToken: Equatable {
  enum Kind: Equatable { case word, quoted, symbol, end }

  let kind: Kind
  /// Without the quotes. A JSON object in braces is a text in quotes with these characters.
  let text: String
  /// The position of its first character, from 1.
  let column: Int

  /// The token in an error.
  var found: String {
    switch kind {
    case .end: "the end of the filter"
    case .quoted: text.hasPrefix("{") ? text : "\"\(text)\""
    case .word, .symbol: "'\(text)'"
    }
  }

  /// All tokens, then the end. Throws `invalidInput` for a quote without its end.
  static func all(of text: String) throws -> [FilterToken] {
    let characters = Array(text.unicodeScalars)
    var tokens: [FilterToken] = []
    var index = 0
    while index < characters.count {
      let start = index
      switch characters[index] {
      case " ", "\t", "\n", "\r": index += 1
      case "\"": tokens.append(try quoted(characters, &index))
      case "{" where end(ofObject: characters, from: index) != nil:
        index = end(ofObject: characters, from: index) ?? index
        let text = String(String.UnicodeScalarView(characters[start..<index]))
        tokens.append(FilterToken(kind: .quoted, text: text, column: start + 1))
      case "(", ")", ",", "=", "~":
        tokens.append(FilterToken(kind: .symbol, text: String(characters[index]), column: start + 1))
        index += 1
      case "!", "<", ">":
        index += 1
        let isPair = index < characters.count && characters[index] == "="
        if isPair { index += 1 }
        let symbol = String(String.UnicodeScalarView(characters[start..<index]))
        tokens.append(FilterToken(kind: .symbol, text: symbol, column: start + 1))
      default:
        while index < characters.count, !isSeparator(characters[index]) { index += 1 }
        let word = String(String.UnicodeScalarView(characters[start..<index]))
        tokens.append(FilterToken(kind: .word, text: word, column: start + 1))
      }
    }
    return tokens + [FilterToken(kind: .end, text: "", column: characters.count + 1)]
  }

  /// A text in quotes. A backslash takes the next character as it is.
  private static func quoted(_ characters: [Unicode.Scalar], _ index: inout Int) throws -> FilterToken {
    let start = index
    var text = String.UnicodeScalarView()
    index += 1
    while index < characters.count {
      let character = characters[index]
      index += 1
      if character == "\"" { return FilterToken(kind: .quoted, text: String(text), column: start + 1) }
      guard character == "\\", index < characters.count else {
        text.append(character)
        continue
      }
      text.append(characters[index])
      index += 1
    }
    throw Problem(.invalidInput, "filter, column \(start + 1): expected the end of a text in quotes, found none")
  }

  /// The position behind the brace that ends a JSON object; braces in its texts do not count. Nil if none ends it: the
  /// brace then is an ordinary character of a word.
  private static func end(ofObject characters: [Unicode.Scalar], from start: Int) -> Int? {
    var (depth, isInText, index) = (0, false, start)
    while index < characters.count {
      let character = characters[index]
      index += 1
      switch character {
      case "\\" where isInText: index += 1
      case "\"": isInText.toggle()
      case "{" where !isInText: depth += 1
      case "}" where !isInText:
        depth -= 1
        if depth == 0 { return index }
      default: break
      }
    }
    return nil
  }

  private static func isSeparator(_ character: Unicode.Scalar) -> Bool {
    " \t\n\r\"(),=~!<>".unicodeScalars.contains(character)
  }
}

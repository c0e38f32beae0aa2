import Routing

@testable import LuaSyntax

/// Small changes to sources that imitate typing errors. Equal seeds give equal changes.
struct TextChange {
  private var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  private static let added: [[UInt8]] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
    "not",
    "or", "repeat", "return", "then", "true", "until", "while", "+", "-", "*", "/", "//", "%", "^", "#", "&", "~", "|",
    "<<", ">>", "==", "~=", "<=", ">=", "<", ">", "=", "(", ")", "{", "}", "[", "]", "::", ";", ":", ",", ".", "..",
    "...", "a", "self", "1", "0x1p4", "3e", "'s'", "'", "\"", "[[", "]]", "[==[", "--", "--[[", "\n", "\r\n", "\\",
    "<const>", "<close>", "::a::", "goto a", "\u{E9}", "@", "!", "?",
  ].map { Array($0.utf8) }

  /// A source as tokens, each with the blanks and comments before it; the end of the source last.
  static func pieces(of source: String) -> [[UInt8]] {
    let bytes = Array(source.utf8)
    var lexer = Lexer(bytes)
    var pieces: [[UInt8]] = []
    var copied = 0
    while let token = try? lexer.next() {
      pieces.append(Array(bytes[copied..<token.end.offset]))
      copied = token.end.offset
      if token.kind == .endOfFile { break }
    }
    return pieces
  }

  /// Changes one to three tokens.
  mutating func tokens(_ pieces: [[UInt8]]) -> [UInt8] {
    var pieces = pieces
    for _ in 0..<Int.random(in: 1...3, using: &random) where !pieces.isEmpty {
      let place = Int.random(in: pieces.indices, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: pieces.remove(at: place)
      case 1: pieces.insert([0x20] + pieces[place], at: place)
      case 2: pieces.swapAt(place, Int.random(in: pieces.indices, using: &random))
      case 3: pieces[place] = [0x20] + piece()
      default: pieces.insert([0x20] + piece(), at: place)
      }
    }
    return Array(pieces.joined())
  }

  private mutating func piece() -> [UInt8] { Self.added[Int.random(in: Self.added.indices, using: &random)] }

  /// Changes one to three bytes.
  mutating func bytes(_ bytes: [UInt8]) -> [UInt8] {
    let likely = Array("\\'\"[]=-.:~<>(){}xuz0123456789abefp \n\r\t".utf8) + [0, 0x1B, 0x7F, 0xC3, 0xA9, 0xFF]
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &random)
      let byte = likely[Int.random(in: likely.indices, using: &random)]
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(byte, at: place)
      default: bytes[place] = byte
      }
    }
    return bytes
  }

  private static let binary = [
    "+", "-", "*", "/", "//", "%", "^", "&", "~", "|", "<<", ">>", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or",
  ]

  /// Operands and operators in a row, sometimes with parentheses.
  mutating func expression(depth: Int = 0) -> String {
    var text = operand(depth: depth)
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      text += " \(Self.binary[Int.random(in: Self.binary.indices, using: &random)]) \(operand(depth: depth))"
    }
    return text
  }

  private mutating func operand(depth: Int) -> String {
    let prefixes = ["", "", "", "- ", "not ", "#", "~ ", "- - ", "not # "]
    let prefix = prefixes[Int.random(in: prefixes.indices, using: &random)]
    if depth < 2, Int.random(in: 0..<6, using: &random) == 0 { return "\(prefix)(\(expression(depth: depth + 1)))" }
    return prefix + ["a", "b", "c", "d.e", "f[1]"][Int.random(in: 0..<5, using: &random)]
  }
}

/// An expression with parentheses around every group of our tree.
enum Grouping {
  static func text(of expression: Expression) -> String {
    switch expression.kind {
    case .parenthesized(let inner): return text(of: inner)
    case .unary(let operation, let operand): return "(\(operation.rawValue) \(text(of: operand)))"
    case .binary(let first, let steps):
      return steps.reduce(text(of: first)) { "(\($0) \($1.operation.rawValue) \(text(of: $1.operand)))" }
    case .suffixed(let base, let suffixes):
      return suffixes.reduce(text(of: base)) { text, suffix in
        switch suffix.kind {
        case .field(let name): "\(text).\(name.text)"
        case .index(let key): "\(text)[\(Grouping.text(of: key))]"
        default: text
        }
      }
    case .name(let use): return use.text
    case .integer(let value): return "\(value)"
    default: return "nil"
    }
  }
}

/// The identifiers of a source in Swift or C, with their lines, found without a compiler.
///
/// Comments and string literals are skipped; an interpolation inside a literal is code. A Swift name in backticks that has
/// spaces is a test's title and is skipped too.
struct Identifiers {
  struct Found {
    let name: String
    /// From 1.
    let line: Int
    /// The identifier or keyword before it; empty at the start.
    let previous: String
  }

  private(set) var all: [Found] = []
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1
  private var previous = ""

  init(_ source: String) {
    bytes = Array(source.utf8)
    scan(untilClosing: false)
  }

  /// The words of an identifier in lower case: `limitInFlight` and `LIMIT_IN_FLIGHT` are `limit`, `in`, `flight`.
  static func words(_ name: String) -> [String] {
    var words: [String] = []
    var current: [UInt8] = []
    let bytes = Array(name.utf8)
    func isUpper(_ index: Int) -> Bool { bytes.indices.contains(index) && (65...90).contains(bytes[index]) }
    func isLower(_ index: Int) -> Bool { bytes.indices.contains(index) && (97...122).contains(bytes[index]) }
    for index in bytes.indices {
      let isLetter = isUpper(index) || isLower(index)
      let isStart = isUpper(index) && (isLower(index - 1) || isLower(index + 1) && isUpper(index - 1))
      if !isLetter || isStart {
        if !current.isEmpty { words.append(String(decoding: current, as: UTF8.self)) }
        current = []
      }
      if isLetter { current.append(bytes[index] | 32) }
    }
    return current.isEmpty ? words : words + [String(decoding: current, as: UTF8.self)]
  }

  /// Stops after the parenthesis that closes an interpolation, or at the end.
  private mutating func scan(untilClosing: Bool) {
    var depth = 0
    while index < bytes.count {
      let byte = bytes[index]
      // Names and spaces first: they are most of a source.
      if Identifiers.isStart(byte) {
        scanName()
        continue
      }
      if byte == 32 {
        index += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "/") where next(is: "/"): skipLine()
      case UInt8(ascii: "/") where next(is: "*"): skipBlock()
      case UInt8(ascii: "\""): skipString(hashes: 0)
      case UInt8(ascii: "'"): skipCharacter()
      case UInt8(ascii: "#"): skipHashes()
      case UInt8(ascii: "`"): scanBackticks()
      case UInt8(ascii: "("): (depth, index) = (depth + 1, index + 1)
      case UInt8(ascii: ")"):
        (depth, index) = (depth - 1, index + 1)
        if untilClosing, depth < 0 { return }
      case 48...57: skipNumber()
      default: advance()
      }
    }
  }

  private static func isStart(_ byte: UInt8) -> Bool { byte | 32 >= 97 && byte | 32 <= 122 || byte == 95 }
  private static func isPart(_ byte: UInt8) -> Bool { isStart(byte) || byte >= 48 && byte <= 57 }

  private func next(is character: Unicode.Scalar, at offset: Int = 1) -> Bool {
    index + offset < bytes.count && bytes[index + offset] == UInt8(ascii: character)
  }

  private mutating func advance() {
    if bytes[index] == UInt8(ascii: "\n") { line += 1 }
    index += 1
  }

  private mutating func scanName() {
    let start = index
    while index < bytes.count, Identifiers.isPart(bytes[index]) { index += 1 }
    add(String(decoding: bytes[start..<index], as: UTF8.self))
  }

  private mutating func add(_ name: String) {
    all.append(Found(name: name, line: line, previous: previous))
    previous = name
  }

  /// With its suffix, so that `10u` and `0x1F` give no name.
  private mutating func skipNumber() { while index < bytes.count, Identifiers.isPart(bytes[index]) { index += 1 } }

  private mutating func scanBackticks() {
    let start = index + 1
    advance()
    while index < bytes.count, bytes[index] != UInt8(ascii: "`"), bytes[index] != UInt8(ascii: "\n") { index += 1 }
    let name = bytes[start..<index]
    if name.allSatisfy(Identifiers.isPart) { add(String(decoding: name, as: UTF8.self)) }
    if next(is: "`", at: 0) { index += 1 }
  }

  private mutating func skipLine() { while index < bytes.count, bytes[index] != 10 { index += 1 } }

  private mutating func skipBlock() {
    while index < bytes.count, !(next(is: "*", at: 0) && next(is: "/")) { advance() }
    index += 2
  }

  /// A character literal of C. A lone apostrophe, as in a regular expression, is passed over.
  private mutating func skipCharacter() {
    let isEscaped = next(is: "\\") && next(is: "'", at: 3)
    index += isEscaped ? 4 : next(is: "'", at: 2) ? 3 : 1
  }

  /// The hashes of a raw string; others, as those of `#if`, are passed over.
  private mutating func skipHashes() {
    var hashes = 0
    while next(is: "#", at: hashes) { hashes += 1 }
    index += hashes
    if next(is: "\"", at: 0) { skipString(hashes: hashes) }
  }

  /// A literal that is not closed ends with its line, so that a quote in a regular expression does no harm.
  private mutating func skipString(hashes: Int) {
    let isMultiline = next(is: "\"") && next(is: "\"", at: 2)
    index += isMultiline ? 3 : 1
    let quotes = isMultiline ? 3 : 1
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\n"), !isMultiline { return }
      if (0..<quotes).allSatisfy({ next(is: "\"", at: $0) }),
        (0..<hashes).allSatisfy({ next(is: "#", at: quotes + $0) })
      {
        index += quotes + hashes
        return
      }
      guard bytes[index] == UInt8(ascii: "\\"), (0..<hashes).allSatisfy({ next(is: "#", at: 1 + $0) }) else {
        advance()
        continue
      }
      index += 1 + hashes
      if next(is: "(", at: 0) {
        index += 1
        scan(untilClosing: true)
      } else if index < bytes.count {
        advance()
      }
    }
  }
}

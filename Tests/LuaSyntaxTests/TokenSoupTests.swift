import LuaSyntax
import Routing
import Testing

@Suite struct TokenSoupTests {
  private static let pieces = [
    "and", "break", "do", "else", "elseif", "end", "end", "false", "for", "function", "goto a", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while", "+", "-", "*", "//",
    "^", "#", "&", "~", "|", "<<", ">>", "==", "~=", "<=", "<", "=", "(", ")", "{", "}", "[", "]", "::a::",
    ";", ":", ",", ".", "..", "...", "a", "b", "_ENV", "1", "0x1p4", "'s'", "[[l\n]]", "--[[c]]", "\n", "@",
    "'", "\\", "x <const>", "= 1", "local x <const> = 1", "x = 2", "function f(a)", "if a then", "while a do",
  ]

  @Test func `no sequence of tokens crashes the parser`() {
    let seed = SearchSeed.seed(standard: 1)
    var generator = SeededRandom(seed: seed)
    for _ in 0..<3_000 {
      let count = Int.random(in: 1...40, using: &generator)
      let source = (0..<count).map { _ in Self.pieces.randomElement(using: &generator) ?? "" }
        .joined(separator: " ")
      check(Array(source.utf8), seed: seed)
    }
  }

  @Test func `no change of bytes crashes the parser`() {
    let seed = SearchSeed.seed(standard: 2)
    var generator = SeededRandom(seed: seed)
    for source in AcceptedSnippets.all where !source.isEmpty {
      for _ in 0..<10 {
        var bytes = Array(source.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          let place = Int.random(in: bytes.indices, using: &generator)
          bytes[place] = UInt8.random(in: 0...255, using: &generator)
        }
        check(bytes, seed: seed)
      }
    }
  }

  private func check(_ source: [UInt8], seed: UInt64) {
    do throws(LuaSyntaxError) {
      let chunk = try LuaParser.parse(source)
      let scope = ScopeAnalysis(chunk)
      _ = ReturnedTable(chunk, scope: scope)
      let offsets = scope.globals.map(\.position.offset)
      #expect(offsets == offsets.sorted(), "seed \(seed)")
    } catch {
      #expect((0...source.count).contains(error.position.offset), "seed \(seed)")
      #expect(!error.message.isEmpty, "seed \(seed)")
    }
  }
}

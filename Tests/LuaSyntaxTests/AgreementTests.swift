import Foundation
import Testing

@testable import LuaSyntax

/// Our parser accepts what Lua's compiler accepts, and rejects what it rejects, at the same line.
@Suite struct AgreementTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    .standardized

  /// Policies and their cases as people write them.
  private static let policies: [String] = ["Rules", "Examples/policies"].flatMap { folder in
    let path = root.appendingPathComponent(folder)
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path.path)) ?? []
    return files.filter { $0.hasSuffix(".lua") }.sorted().compactMap {
      try? String(contentsOf: path.appendingPathComponent($0), encoding: .utf8)
    }
  }

  /// Describes how the two differ for a source; nil when they agree.
  private static func difference(_ source: [UInt8], _ compiler: LuaCompiler) -> String? {
    let refusal = compiler.refusal(of: source)
    do throws(LuaSyntaxError) {
      _ = try LuaParser.parse(source)
      guard let refusal else { return nil }
      return "Lua alone refuses it: \(refusal.message)"
    } catch {
      guard let refusal else { return "Lua takes it, and we say \(error)" }
      guard let line = refusal.line, line != error.position.line else { return nil }
      return "Lua says \(refusal.message), and we say \(error)"
    }
  }

  @Test(arguments: GrammarCorpus.all) func `both parsers accept each production`(text: GrammarCorpus.Text) {
    #expect(LuaCompiler().refusal(of: Array(text.source.utf8)) == nil)
    #expect(throws: Never.self) { try LuaParser.parse(text.source) }
  }

  @Test func `both parsers reject invalid sources at the same line`() {
    let compiler = LuaCompiler()
    for source in AcceptedSnippets.all + RefusedSnippets.all.map(\.source) + Self.policies {
      let difference = Self.difference(Array(source.utf8), compiler)
      #expect(difference == nil, "\(source.prefix(200))")
    }
  }

  @Test func `both parsers agree on sources with tokens dropped, doubled, swapped and added`() {
    let seed = SearchSeed.seed(standard: 1)
    var change = TextChange(seed: seed)
    let compiler = LuaCompiler()
    let sources = GrammarCorpus.all.map(\.source) + AcceptedSnippets.all + Self.policies
    for source in sources where !source.isEmpty {
      let tokens = TextChange.pieces(of: source)
      for _ in 0..<40 {
        let changed = change.tokens(tokens)
        let difference = Self.difference(changed, compiler)
        #expect(difference == nil, "seed \(seed)\n\(String(decoding: changed, as: UTF8.self))")
      }
    }
  }

  @Test func `both parsers agree on sources with bytes dropped, added and changed`() {
    let seed = SearchSeed.seed(standard: 2)
    var change = TextChange(seed: seed)
    let compiler = LuaCompiler()
    for source in GrammarCorpus.all.map(\.source) + AcceptedSnippets.all where !source.isEmpty {
      for _ in 0..<40 {
        let changed = change.bytes(Array(source.utf8))
        let difference = Self.difference(changed, compiler)
        #expect(difference == nil, "seed \(seed)\n\(String(decoding: changed, as: UTF8.self).debugDescription)")
      }
    }
  }

  @Test func `operands group as Lua groups them`() throws {
    let seed = SearchSeed.seed(standard: 3)
    var change = TextChange(seed: seed)
    let compiler = LuaCompiler()
    for _ in 0..<800 {
      let written = "return " + change.expression()
      let chunk = try LuaParser.parse(written)
      guard case .return(let values)? = chunk.block.statements.last?.kind else { continue }
      let grouped = "return " + Grouping.text(of: values[0])
      // With every group in parentheses, precedence has no effect: the same code means the same tree.
      #expect(compiler.code(of: written) == compiler.code(of: grouped), "seed \(seed)\n\(written)\n\(grouped)")
    }
  }
}

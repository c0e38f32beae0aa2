import Foundation
import Testing

/// The functions in the table of hops in `Docs/Architecture.md` exist in the files that the table names.
struct HopTests {
  /// A row: the event, its functions, their paths.
  struct Hop: CustomTestStringConvertible {
    var title: String
    var symbols: [String]
    var paths: [String]
    var testDescription: String { title }
  }

  /// Empty if the page has no such table, which the first test detects.
  static let hops =
    (try? Sources.tableRows(under: "## One decision, in hops", columns: 3)
      .map { Hop(title: $0[0], symbols: Sources.quoted($0[1]), paths: Sources.quoted($0[2])) }) ?? []

  @Test func `the table has a row for each hop`() throws {
    #expect(HopTests.hops.count >= 20)
    for hop in HopTests.hops {
      #expect(!hop.symbols.isEmpty, "\(hop.title)")
      #expect(!hop.paths.isEmpty, "\(hop.title)")
    }
  }

  @Test(arguments: hops)
  func `each function of a hop is declared under the row's paths, and each path has one`(hop: Hop) throws {
    var missing = Set(hop.symbols)
    for path in hop.paths {
      let declared = try HopTests.declarations(of: hop.symbols, under: path)
      #expect(!declared.isDisjoint(with: hop.symbols), "\(path) declares none of \(hop.symbols)")
      missing.subtract(declared)
    }
    #expect(missing.isEmpty, "not declared in \(hop.paths): \(missing.sorted())")
  }

  @Test func `the paths on the page exist`() throws {
    let words = Sources.quoted(try Sources.page("Docs/Architecture.md"))
    let paths = words.filter { word in
      ["Sources/", "Tests/", "Docs/", "Rules/"].contains { word.hasPrefix($0) } && !word.contains("*")
    }
    #expect(paths.count > 20)
    for path in paths { #expect(Sources.exists(path), "\(path)") }
  }

  @Test func `declarations are found with their enclosing types`() {
    let source = """
      extension A.B where T: C { var b: Int { let hidden = { 1 }; return hidden() } }
      package struct D<T>: E {
        enum F { case g, h }
        init(i: (let: Int) -> Void = { _ in }) { func hidden() {} }
        static func k() where T: L {}
        class M { class func n() {} }
        struct P { var q = 0.0 }
        func r(s: [Int]) { take(s[1...]) }
        let o = A.init(.class)
      }
      """
    #expect(
      SwiftDeclarations(source).names
        == ["A.B", "A.B.b", "D", "D.F", "D.F.g", "D.init", "D.k", "D.M", "D.M.n", "D.P", "D.P.q", "D.r", "D.o"])
  }

  /// The `symbols` that a file, or a file of a folder, declares. A C function counts where its body is.
  private static func declarations(of symbols: [String], under path: String) throws -> Set<String> {
    let members = symbols.compactMap { $0.split(separator: ".").last }
    var names: Set<String> = []
    for (file, text) in try Sources.files(under: path) where members.contains(where: text.contains) {
      let code = Sources.code(text)
      if file.hasSuffix(".swift") {
        names.formUnion(SwiftDeclarations(code).names)
      } else {
        names.formUnion(code.matches(of: /(?m)^\w[\w *]*\b(\w+)\([^;{]*\{/).map { String($0.output.1) })
      }
    }
    return names.intersection(symbols)
  }
}

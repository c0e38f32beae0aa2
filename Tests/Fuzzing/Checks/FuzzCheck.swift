/// Rules that must hold for any bytes passed to one of the program's readers.
///
/// The fuzz targets try unforeseen inputs; `CorpusTests` runs the corpus with every test run, so that the targets stay
/// in step with the program.
package protocol FuzzCheck: Sendable {
  init(_ bytes: [UInt8])
  /// Throws the first violated rule.
  func run() throws(BrokenRule)
}

/// A violated rule, with the input's part that violated it.
package struct BrokenRule: Error, CustomStringConvertible {
  package let description: String
}

/// Throws unless the rule holds. `text` states the rule and what violated it.
func rule(_ holds: Bool, _ text: @autoclosure () -> String) throws(BrokenRule) {
  if !holds { throw BrokenRule(description: text()) }
}

extension FuzzCheck {
  /// Entry point of the fuzzers: a violated rule ends the process, which libFuzzer reports with the input.
  package static func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) {
    do throws(BrokenRule) {
      try Self(Array(UnsafeBufferPointer(start: start, count: count))).run()
    } catch { fatalError("broken rule: \(error)") }
  }
}

/// The rules that must hold of any bytes that are given to one of the program's readers.
///
/// The fuzz targets try bytes that nobody thought of; `CorpusTests` tries the corpus again with every test run, so that no
/// target falls behind the program.
package protocol Trial: Sendable {
  init(_ bytes: [UInt8])
  /// Throws the first rule that does not hold.
  func run() throws(BrokenRule)
}

/// A rule that did not hold, and of what.
package struct BrokenRule: Error, CustomStringConvertible {
  package let description: String
}

/// Throws unless the rule holds. `text` states the rule, with what broke it.
func rule(_ holds: Bool, _ text: @autoclosure () -> String) throws(BrokenRule) {
  if !holds { throw BrokenRule(description: text()) }
}

extension Trial {
  /// The fuzzers' way: a broken rule ends the process, which libFuzzer reports with the input.
  package static func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) {
    do throws(BrokenRule) {
      try Self(Array(UnsafeBufferPointer(start: start, count: count))).run()
    } catch { fatalError("broken rule: \(error)") }
  }
}

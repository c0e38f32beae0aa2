import CBaseline

/// Why a measurement is invalid or could not be made.
package struct BenchFailure: Error, Equatable, CustomStringConvertible {
  /// What was expected and what was found.
  package let description: String
  init(_ text: String) { description = text }

  /// Runs a function of the baseline, which writes its error into the buffer that it receives.
  static func catching<Result>(_ what: String, _ body: (UnsafeMutablePointer<CChar>) -> Result?) throws -> Result {
    try withUnsafeTemporaryAllocation(of: CChar.self, capacity: BASELINE_ERROR_MAX) { buffer in
      buffer.initialize(repeating: 0)
      // The buffer has an address, since its capacity is not 0.
      guard let result = body(buffer.baseAddress!) else {
        throw BenchFailure("\(what): \(String(cString: buffer.baseAddress!))")
      }
      return result
    }
  }
}

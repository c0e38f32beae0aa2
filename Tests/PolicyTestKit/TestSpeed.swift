import Foundation

/// How much slower than a usual debug build the tests run.
package enum TestSpeed {
  /// The factor for limits of CPU time; 1 unless `bin/sanitize` sets `USHER_TEST_SLOWDOWN`.
  package static let slowdown = ProcessInfo.processInfo.environment["USHER_TEST_SLOWDOWN"].flatMap(Int64.init) ?? 1

  /// CPU time in milliseconds in which a script uses up its whole instruction budget even on a slow machine.
  package static let budgetMilliseconds = 2_000 * slowdown
}

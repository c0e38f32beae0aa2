import Foundation

/// How much slower the tests run than in a usual debug build.
package enum TestSpeed {
  /// The factor for limits of CPU time; 1 unless `bin/sanitize` sets `USHER_TEST_SLOWDOWN`.
  package static let slowdown = ProcessInfo.processInfo.environment["USHER_TEST_SLOWDOWN"].flatMap(Int64.init) ?? 1

  /// CPU time in milliseconds in which a script uses its whole instruction budget even on a slow machine.
  package static let budgetMilliseconds = 2_000 * slowdown
}

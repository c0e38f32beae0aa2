import Foundation

/// The seed of tests that change sources at random.
enum SearchSeed {
  /// `USHER_SEED`, for a search beyond the texts of the standard seed; without it every run tries the same texts.
  static func seed(standard: UInt64) -> UInt64 {
    ProcessInfo.processInfo.environment["USHER_SEED"].flatMap(UInt64.init) ?? standard
  }
}

/// How many contacts one transaction takes: as many as fit into about 50 milliseconds, so that nobody else waits long for
/// the store, and within fixed bounds.
package struct BatchSize: Sendable {
  package private(set) var count: Int
  private static let bounds = 250...16_000

  package init(startingAt count: Int = 1000) {
    self.count = min(max(count, BatchSize.bounds.lowerBound), BatchSize.bounds.upperBound)
  }

  /// Learns from a full batch. A batch that was not full says nothing.
  package mutating func learn(took milliseconds: Double, for contacts: Int) {
    guard contacts >= count else { return }
    if milliseconds < 40 {
      count = min(count * 2, BatchSize.bounds.upperBound)
    } else if milliseconds > 100 {
      count = max(count / 2, BatchSize.bounds.lowerBound)
    }
  }
}

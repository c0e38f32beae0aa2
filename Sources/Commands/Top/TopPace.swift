/// Determines when the live screen reads the store again. Times are milliseconds of a stopwatch.
///
/// Total for every value, including NaN and infinity: a clock that jumps can only delay a read or bring it forward.
struct TopPace {
  /// The pause before the next read, in multiples of the time that the last one took: reading takes at most a twentieth of a
  /// processor.
  private static let rest = 20.0
  /// The longest wait; an hour, in milliseconds.
  static let waitMax = 3_600_000

  /// When the last read began; nil if the next one is due at once.
  private var began: Double?
  private var took = 0.0

  /// Makes the next read due at once.
  mutating func hurry() { began = nil }

  mutating func looked(from start: Double, to end: Double) { (began, took) = (start, end - start) }

  /// The whole milliseconds until the next read, 0 to `waitMax`; 0 when it is due.
  func millisecondsToWait(at now: Double, every seconds: Double) -> Int {
    guard let began else { return 0 }
    let pause = max(seconds * 1000, took * TopPace.rest)
    // A stopwatch that was set back must not delay the next read by more than one pause.
    let left = min(began + pause - now, pause, Double(TopPace.waitMax))
    // False for NaN too, so that only a number from 0 to `waitMax` is converted.
    return left > 0 ? Int(left.rounded(.up)) : 0
  }
}

/// Reports the progress of an import, at most ten times a second.
package struct ImportProgress {
  /// The shortest time between two reports.
  package static let intervalMilliseconds: Int64 = 100

  private let milliseconds: () -> Int64
  private let report: (_ linesDone: Int, _ bytesDone: Int) -> Void
  private var nextAt: Int64

  /// `milliseconds` is a monotonic clock; only differences are used.
  package init(
    milliseconds: @escaping () -> Int64, report: @escaping (_ linesDone: Int, _ bytesDone: Int) -> Void
  ) {
    self.milliseconds = milliseconds
    self.report = report
    nextAt = milliseconds() + ImportProgress.intervalMilliseconds
  }

  /// Reports the totals so far, unless the last report was less than an interval ago. Cheap enough to call for each line.
  package mutating func advance(lines: Int, bytes: Int) {
    let now = milliseconds()
    guard now >= nextAt else { return }
    nextAt = now + ImportProgress.intervalMilliseconds
    report(lines, bytes)
  }
}

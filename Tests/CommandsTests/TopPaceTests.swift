import Testing

@testable import Commands

/// When the live screen refreshes, and that no time causes a trap.
struct TopPaceTests {
  private func looked(from start: Double, to end: Double) -> TopPace {
    var pace = TopPace()
    pace.looked(from: start, to: end)
    return pace
  }

  @Test func `the first refresh is due immediately, and so is a requested one`() {
    #expect(TopPace().millisecondsToWait(at: 0, every: 2) == 0)
    var pace = looked(from: 1000, to: 1001)
    #expect(pace.millisecondsToWait(at: 1001, every: 2) == 1999)
    pace.hurry()
    #expect(pace.millisecondsToWait(at: 1001, every: 2) == 0)
    pace.looked(from: 1001, to: 1002)
    #expect(pace.millisecondsToWait(at: 1002, every: 2) == 1999)
  }

  @Test func `a slow refresh is followed by a pause of twenty times its duration`() {
    #expect(looked(from: 0, to: 500).millisecondsToWait(at: 500, every: 2) == 9500)
  }

  @Test func `a clock that jumps never extends the wait beyond one pause`() {
    let pace = looked(from: 1_000_000, to: 1_000_000)
    #expect(pace.millisecondsToWait(at: 0, every: 2) == 2000)
    #expect(pace.millisecondsToWait(at: 1e15, every: 2) == 0)
  }

  private static let times: [Double] = [
    0, -0.0, 1, -1, 1e9, 1e300, -1e300, .infinity, -.infinity, .nan, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
  ]

  @Test(arguments: times, times)
  func `no times cause a trap`(start: Double, end: Double) {
    for now in Self.times {
      for seconds in Self.times {
        let wait = looked(from: start, to: end).millisecondsToWait(at: now, every: seconds)
        #expect((0...TopPace.waitMax).contains(wait), "\(start) to \(end) at \(now), every \(seconds)")
      }
    }
  }

  @Test(arguments: [
    (10, 2.0, "10 of about 40 rows, 5 a second…"), (10, 0, "10 of about 40 rows…"), (0, 0, "0 of about 40 rows…"),
  ])
  func `progress has a rate after some time has passed`(count: Int, seconds: Double, text: String) {
    #expect(Progress("rows", of: 40).text(count, seconds: seconds) == text)
  }
}

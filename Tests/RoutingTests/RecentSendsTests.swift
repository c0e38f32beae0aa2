import Testing

@testable import Routing

struct RecentSendsTests {
  @Test func `a send leaves its window when the window is over`() {
    var sends = RecentSends()
    sends.add(Instant(milliseconds: 0))
    #expect(sends.count(window: 1000, at: Instant(milliseconds: 0)) == 1)
    #expect(sends.count(window: 1000, at: Instant(milliseconds: 999)) == 1)
    #expect(sends.count(window: 1000, at: Instant(milliseconds: 1000)) == 0)
  }

  @Test(arguments: (0..<20).map { UInt64(90 + $0) })
  func `counts and the time of capacity agree with a plain search`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var sends = RecentSends()
    var plain: [Int64] = []
    var now: Int64 = 0
    for _ in 0..<200 {
      now += Int64.random(in: 0...400, using: &random)
      let late = Int64.random(in: 0...3, using: &random) == 0 ? Int64.random(in: 0...min(now, 500), using: &random) : 0
      sends.add(Instant(milliseconds: now - late))
      plain.append(now - late)
      let window: Int64 = 1000
      let count = plain.count { $0 > now - window && $0 <= now }
      #expect(sends.count(window: window, at: Instant(milliseconds: now)) == count, "seed \(seed)")
      let outstanding = Int.random(in: 0...4, using: &random)
      let limit = Int.random(in: 1...6, using: &random)
      // The earliest time at which the sends in the window, with the outstanding ones sent now, leave capacity for one
      // more.
      let leaving = (plain.filter { $0 > now - window && $0 <= now } + Array(repeating: now, count: outstanding))
        .sorted()
      let expected = leaving.count < limit ? now : leaving[leaving.count - limit] + window
      #expect(
        sends.roomAt(limit: limit, window: window, outstanding: outstanding, now: Instant(milliseconds: now))
          == Instant(milliseconds: expected), "seed \(seed)")
      // The same if each outstanding message waits until the window allows it.
      var times = plain.filter { $0 > now - window && $0 <= now }.sorted()
      for _ in 0..<outstanding * 3 {
        times.append(times.count < limit ? now : max(now, times[times.count - limit] + window))
      }
      let free = times.count < limit ? now : times[times.count - limit] + window
      #expect(
        sends.freeAt(limit: limit, window: window, outstanding: outstanding * 3, now: Instant(milliseconds: now))
          == Instant(milliseconds: free), "seed \(seed)")
    }
  }

  @Test func `a limit of 0 never has capacity`() {
    #expect(RecentSends().roomAt(limit: 0, window: 1000, outstanding: 0, now: Instant(milliseconds: 5)) == nil)
  }

  @Test func `sends outside all windows are dropped`() {
    var sends = RecentSends()
    for hour in 0..<200 { sends.add(Instant(milliseconds: Int64(hour) * RecentSends.hour)) }
    let now = Instant(milliseconds: 199 * RecentSends.hour)
    sends.forget(before: now)
    #expect(sends.count(window: RecentSends.day, at: now) == 24)
    #expect(sends.count(window: .max / 2, at: now) == 24)
  }
}

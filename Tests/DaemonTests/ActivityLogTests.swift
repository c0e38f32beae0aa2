import Logging
import Routing
import Sequencing
import Synchronization
import Testing

@testable import Daemon

/// What a log says of cycles and sending: at once what is new, sums once a minute.
struct ActivityLogTests {
  /// An activity log on a clock that the test moves, and its lines.
  private final class Scene: Sendable {
    let clock = ManualClock(Instant(rfc3339: "2026-11-22T09:00:00Z")!)
    private let log = Mutex<[String]>([])

    func activity() -> ActivityLog {
      let logger = Logger(label: "test") { [self] _ in
        LineLogHandler(format: .text, clock: clock) { [self] line in log.withLock { $0.append(line) } }
      }
      return ActivityLog(logger: logger, clock: clock)
    }

    /// The lines since the last call, without date, level and line end.
    func take() -> [String] {
      log.withLock { lines in
        defer { lines = [] }
        return lines.map { String($0.dropFirst(11).dropLast()).replacing("Z info", with: "") }
      }
    }
  }

  private let scene = Scene()

  private func report(decided: Int, faults: Int = 0) -> CycleReport {
    var report = CycleReport(now: scene.clock.now())
    (report.decided, report.queued, report.waiting, report.faults) = (decided, decided - faults, faults, faults)
    return report
  }

  private func counts(_ sent: Int, failed: Int = 0) -> SendCounts {
    var counts = SendCounts()
    (counts.sent, counts.failed) = (sent, failed)
    return counts
  }

  @Test func `the first work is logged at once, what follows as one line a minute, and each figure once`() {
    let activity = scene.activity()
    activity.ended(report(decided: 0))
    activity.ended(report(decided: 5))
    activity.sent(counts(3))
    let cycle = "cancelled=0 decided=5 enrolled=0 faults=0 queued=5 skipped=0 waiting=0"
    #expect(
      scene.take() == ["09:00:00 cycle \(cycle)", "09:00:00 sent failed=0 returned=0 sent=3 unknown=0"])
    for _ in 1..<60 {
      scene.clock.advance(seconds: 1)
      activity.ended(report(decided: 2))
      activity.sent(counts(1))
      activity.sent(counts(0))
    }
    #expect(scene.take().isEmpty)
    scene.clock.advance(seconds: 1)
    activity.sent(counts(7))
    #expect(
      scene.take() == [
        "09:01:00 activity cancelled=0 cycles=59 decided=118 enrolled=0 failed=0 faults=0 queued=118 returned=0 "
          + "seconds=60 sent=59 skipped=0 unknown=0 waiting=0"
      ])
    scene.clock.advance(seconds: 60)
    activity.ended(report(decided: 0))
    #expect(scene.take().map { $0.contains("sent=7") } == [true])
  }

  @Test func `after a minute without it, work is logged at once again`() {
    let activity = scene.activity()
    for _ in 0..<3 {
      scene.clock.advance(seconds: 59)
      activity.ended(report(decided: 0))
      activity.sent(counts(0))
      scene.clock.advance(seconds: 1)
      activity.sent(counts(1))
      #expect(scene.take().map { $0.contains(" sent failed=0") } == [true])
    }
  }

  @Test func `faults, and the first messages that are not sent, are logged at once`() {
    let activity = scene.activity()
    activity.ended(report(decided: 5))
    activity.sent(counts(1))
    _ = scene.take()
    scene.clock.advance(seconds: 1)
    for _ in 0..<2 { activity.ended(report(decided: 4, faults: 1)) }
    #expect(scene.take().map { $0.contains("cycle") && $0.contains("faults=1") } == [true, true])
    for _ in 0..<2 { activity.sent(counts(2, failed: 1)) }
    #expect(scene.take() == ["09:00:01 sent failed=1 returned=0 sent=2 unknown=0"])
    scene.clock.advance(seconds: 60)
    activity.sent(counts(0))
    #expect(scene.take().map { $0.contains("activity") && $0.contains("failed=1") } == [true])
  }

  @Test func `a clock that is set back ends the minute`() {
    let activity = scene.activity()
    for _ in 0..<2 { activity.sent(counts(1)) }
    _ = scene.take()
    scene.clock.advance(seconds: -3600)
    activity.sent(counts(0))
    #expect(scene.take().map { $0.contains("seconds=0 sent=1") } == [true])
  }
}

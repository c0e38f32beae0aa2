import Routing
import RoutingTestKit
import Sequencing
import Stores
import Synchronization
import Testing

@testable import Daemon

/// A process holds sending if the record is ahead of the clock, or if the clock jumps.
@Suite(.timeLimit(.minutes(2)))
struct ClockHoldTests {
  /// The machine's uptime, moved by the test.
  private final class Uptime: Sendable {
    private let milliseconds = Atomic<Int64>(5_000_000)
    func advance(seconds: Int64) { milliseconds.add(seconds * 1000, ordering: .relaxed) }
    var now: Int64 { milliseconds.load(ordering: .relaxed) }
  }

  private final class Calls: Sendable {
    private let count = Atomic<Int>(0)
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  }

  private func accept(_ scene: Scene) throws -> ClockCorrection {
    let store = try Stores.open(scene.path, mode: .readWrite)
    let note = OperatorNote(actor: "ann", reason: "right again", at: scene.clock.now())
    return try store.acceptClock(by: note, reason: "right again", isDryRun: false)
  }

  private func holds(_ scene: Scene) throws -> [SendingHold] {
    try Stores.open(scene.path, mode: .readOnly).holds()
  }

  /// Sends the five messages with the clock so many seconds ahead, and adds a lead.
  private func runAhead(_ scene: Scene, seconds: Int64) async throws {
    let start = scene.clock.now()
    scene.clock.advance(seconds: seconds)
    // The sender's first round may end before the first cycle.
    try await scene.run { await scene.step(seconds: 0) }
    #expect(scene.sent.count == 5)
    scene.clock.set(start)
    var more = StoreScenario()
    more.lead(6, device: "D1")
    _ = try Stores.open(scene.path, mode: .readWrite).importFile(ByteSource(more.jsonLines), ImportOptions(now: start))
  }

  @Test func `a start with times ahead holds, is logged once, and sends after the clock is accepted`() async throws {
    let scene = try Scene()
    try await runAhead(scene, seconds: 28_800)
    try await scene.run {
      await scene.step()
      await scene.step()
      #expect(scene.sent.count == 5)
      _ = try accept(scene)
      await scene.step()
      #expect(scene.sent.count == 6)
    }
    #expect(
      scene.logged("sending is on hold") == [
        "critical sending is on hold by=ann kind=clock reason="
          + #""the newest time on record, 2026-11-22T17:00:00Z, is 8 h ahead of the clock: check the clock, then run "#
          + #"`usher store clock accept --reason TEXT`" scope=store since=2026-11-22T09:00:00Z"#
      ], "\(scene.lines)")
    #expect(scene.logged("hold released").count == 1)
  }

  @Test(arguments: [30, 60] as [Int64])
  func `a clock that is set back by at most a minute does not hold a start`(seconds: Int64) async throws {
    let scene = try Scene()
    try await runAhead(scene, seconds: seconds)
    try await scene.run { await scene.step() }
    #expect(scene.sent.count == 6)
    #expect(try holds(scene).isEmpty)
  }

  @Test func `a forward gap between two processes is downtime`() async throws {
    let scene = try Scene()
    try await runAhead(scene, seconds: 0)
    scene.clock.advance(seconds: 30 * 86_400)
    try await scene.run { await scene.step() }
    #expect(scene.sent.count == 6)
    #expect(try holds(scene).isEmpty)
  }

  private func tick(_ scene: Scene, isTimeGiven: Bool) async throws -> CycleReport {
    let tick = try buildTick(scene.options { $0.isTimeGiven = isTimeGiven }, sends: true, notify: { _ in })
    return try await tick.run(at: scene.clock.now(), report: { _ in })
  }

  @Test func `a tick holds too, unless an operator gave its time`() async throws {
    let scene = try Scene()
    try await runAhead(scene, seconds: 28_800)
    let given = try await tick(scene, isTimeGiven: true)
    #expect(given.sent == 1)
    #expect(try holds(scene).isEmpty)
    let report = try await tick(scene, isTimeGiven: false)
    #expect(report.sent == 0)
    #expect(try holds(scene).map(\.kind) == [.clock])
  }

  @Test(arguments: [28_800, -28_800, 11, -11] as [Int64])
  func `a jump while the process runs holds, and both are logged once`(seconds: Int64) async throws {
    let scene = try Scene()
    let uptime = Uptime()
    try await scene.run(scene.options { $0.bootTime = { uptime.now } }) {
      await scene.step(seconds: 0)
      #expect(scene.sent.count == 5)
      scene.clock.advance(seconds: seconds)
      await scene.step(seconds: 0)
      uptime.advance(seconds: 60)
      await scene.step()
      let found = try holds(scene)
      #expect(found.map(\.kind) == [.clock])
    }
    #expect(scene.logged("critical the clock jumped").count == 1, "\(scene.lines)")
    #expect(scene.logged("critical sending is on hold").count == 1, "\(scene.lines)")
  }

  @Test func `downtime of the machine, sleep and small corrections are no jumps`() async throws {
    let scene = try Scene()
    let uptime = Uptime()
    try await scene.run(scene.options { $0.bootTime = { uptime.now } }) {
      for (wall, boot) in [(60, 60), (86_400, 86_400), (65, 60), (55, 60), (60, 60)] as [(Int64, Int64)] {
        uptime.advance(seconds: boot)
        await scene.step(seconds: wall)
      }
    }
    #expect(try holds(scene).isEmpty, "\(scene.lines)")
  }

  @Test func `several small steps within ten minutes add up to a jump, and drift over hours does not`() {
    let (wall, uptime) = (ManualClock(TestInstance.start), Uptime())
    let watch = ClockWatch(wall: wall, boot: { uptime.now })
    var jumps: [Int64] = []
    func pass(_ seconds: Int64, drift: Int64) {
      uptime.advance(seconds: seconds)
      wall.advance(seconds: seconds + drift)
      if let jump = watch.jump() { jumps.append(jump) }
    }
    for _ in 0..<100 { pass(601, drift: 2) }
    #expect(jumps.isEmpty)
    for _ in 0..<3 { pass(1, drift: 4) }
    #expect(jumps == [12_000])
    pass(1, drift: 0)
    #expect(jumps.count == 1, "a jump is reported once")
  }

  @Test func `a reading that was interrupted is no jump`() {
    let wall = ManualClock(TestInstance.start)
    let (uptime, calls) = (Uptime(), Calls())
    let watch = ClockWatch(
      wall: wall,
      boot: {
        // The process is stopped for a minute after the wall clock was read for the second time.
        if calls.next() == 6 {
          wall.advance(seconds: 60)
          uptime.advance(seconds: 60)
        }
        return uptime.now
      })
    #expect(watch.jump() == nil)
    #expect(watch.jump() == nil)
  }
}

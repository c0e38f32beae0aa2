import Daemon
import Routing
import RoutingTestKit
import Sequencing
import Stores
import Testing

/// A single cycle, built by the same composition root as the services.
@Suite(.timeLimit(.minutes(2)))
struct TickTests {
  private func tick(_ scene: Scene, sends: Bool = true) async throws -> (report: CycleReport, events: [String]) {
    let tick = try buildTick(scene.options(), sends: sends, notify: { Issue.record("noticed \($0)") })
    var events: [String] = []
    let report = try await tick.run(at: scene.clock.now(), report: { events.append($0.sentence) })
    #expect(tick.takeNotices().isEmpty)
    return (report, events)
  }

  @Test func `a tick decides and sends, reports its events, and unlocks the store`() async throws {
    let scene = try Scene()
    let (report, events) = try await tick(scene)
    #expect((report.enrolled, report.queued, report.sent) == (5, 5, 5))
    #expect(events.count == 1 && events[0].hasPrefix("acme: "), "\(events)")
    #expect(scene.sent.count == 5)
    #expect(scene.lines.isEmpty, "a tick writes no log")
    try scene.expectUnlocked()
  }

  @Test func `a tick without sending leaves the sent file unchanged`() async throws {
    let scene = try Scene()
    let report = try await tick(scene, sends: false).report
    #expect((report.queued, report.sent) == (5, 0))
    #expect(!scene.folder.exists("usher.db.sent.jsonl"))
  }

  @Test func `messages that an earlier process left claimed are resolved, and sent once`() async throws {
    let scene = try Scene()
    _ = try await tick(scene, sends: false)
    try claimAll(scene)
    let report = try await tick(scene).report
    #expect((report.returned, report.sent) == (5, 5))
    #expect(scene.sent.count == 5)
  }

  @Test func `the services also resolve claims of an earlier process, and log it`() async throws {
    let scene = try Scene()
    _ = try await tick(scene, sends: false)
    try claimAll(scene)
    try await scene.run { await scene.step() }
    #expect(
      scene.logged("cleared up") == ["notice cleared up after an earlier process returned=5 sent=0 unknown=0"])
    #expect(scene.sent.count == 5)
  }

  /// Leaves the store like a process that was killed right after a claim.
  private func claimAll(_ scene: Scene) throws {
    // The file exists, so it proves that none of the messages was sent.
    try scene.folder.write("", to: "usher.db.sent.jsonl")
    let store = try Stores.open(scene.path, mode: .readWrite)
    let epoch = try store.becomeLeader(processID: 6, at: TestInstance.start)
    let claimed = try store.claim(
      limit: 10, at: TestInstance.start, leaseUntil: TestInstance.start.advanced(bySeconds: 120), epoch: epoch,
      draw: { _ in 0 })
    #expect(claimed.count == 5)
  }
}

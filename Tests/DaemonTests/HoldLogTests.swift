import Daemon
import Routing
import RoutingTestKit
import Stores
import Testing

/// A process logs holds, and obeys them.
@Suite(.timeLimit(.minutes(2)))
struct HoldLogTests {
  private func stop(_ scene: Scene, _ reason: String = "outage") throws {
    let hold = SendingHold(tenant: nil, reason: reason, actor: "ann", at: TestInstance.start)
    _ = try Stores.stopSending(scene.path, hold, waitMilliseconds: 60_000, clock: FixedClock(TestInstance.start))
  }

  private func release(_ scene: Scene) throws {
    let store = try Stores.open(scene.path, mode: .readWrite)
    _ = try store.releaseHold(of: nil, reason: "over", actor: "bob", at: TestInstance.start)
  }

  @Test func `a hold is logged once when it begins and once when it ends, and stops messages`() async throws {
    let scene = try Scene()
    try stop(scene)
    try await scene.run {
      await scene.step()
      await scene.step()
      #expect(scene.sent.isEmpty)
      try release(scene)
      await scene.step()
      #expect(scene.sent.count == 5)
    }
    #expect(
      scene.logged("sending is on hold") == [
        "warning sending is on hold by=ann kind=operator reason=outage scope=store since=2026-11-22T09:00:00Z"
      ])
    #expect(
      scene.logged("hold released") == [
        "notice hold released by=bob held_by=ann held_reason=outage kind=operator reason=over scope=store "
          + "since=2026-11-22T09:00:00Z"
      ])
  }

  @Test func `a hold that begins while the process runs is acknowledged and logged`() async throws {
    let scene = try Scene()
    try await scene.run {
      try stop(scene)
      await scene.step()
      #expect(scene.logged("sending is on hold").count == 1)
    }
  }

  @Test(arguments: [("a b", #""a b""#), (#"say "no""#, #""say \"no\"""#), ("a=b", #""a=b""#), ("ab", "ab")])
  func `a value with a space, a quote or an equals sign is quoted`(reason: String, field: String) async throws {
    let scene = try Scene()
    try stop(scene, reason)
    try await scene.run {}
    #expect(
      scene.logged("sending is on hold").first?.contains(" reason=\(field) scope=store") == true, "\(scene.lines)")
  }
}

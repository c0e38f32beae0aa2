import Foundation
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import Commands

/// The commands on a store whose times are ahead of the machine's clock.
struct ClockCommandTests {
  /// Two messages sent eight hours ahead, and three leads that arrived since.
  private func store() throws -> TestStore {
    let store = try TestStore(
      [
        .tenant(policy: "fallback"), .device("D1", pace: [5, 15]), .sequence(), .lead(1, device: "D1"),
        .lead(2, device: "D1"),
      ])
    for seconds in [8 * 3600 + 300, 8 * 3600 + 330] as [Int64] {
      let ahead = SystemClock().now().advanced(bySeconds: seconds).rfc3339
      #expect(try store.usher("tick", "--now", ahead, "--format", "json").json()["sent"] == 1)
    }
    try store.add([.lead(3, device: "D1"), .lead(4, device: "D1"), .lead(5, device: "D1")])
    return store
  }

  @Test func `a tick holds, every report names the clock, and accepting it frees sending`() throws {
    let store = try store()
    let tick = try store.usher("tick", "--format", "json")
    #expect(try tick.json()["sent"] == 0)
    #expect(tick.stderr.contains("sending is on hold (clock)") && tick.stderr.contains("8 h ahead"), "\(tick)")

    let top = try store.usher("top", "--once").text
    #expect(top.contains("sent 8 h ahead of the clock") && top.contains("ON HOLD"), "\(top)")
    #expect(top.contains("0 of 1 devices can accept"), "\(top)")
    let shown = try store.usher("top", "--once", "--format", "json").json()["devices"].items[0]
    #expect(shown["available"] == false && shown["why_not"] == "the clock: sending is on hold", "\(shown)")
    let devices = try store.usher("report", "devices", "--format", "json").json().items[0]
    #expect(devices["available"] == false && devices["why_not"].text?.contains("clock") == true, "\(devices)")
    #expect(try store.usher("report", "devices").text.contains("no: the clock"))
    let explain = try store.usher("explain", "welcome/L3").text
    #expect(explain.contains("ahead of the clock") && explain.contains("usher store clock accept"), "\(explain)")
    let sent = try store.usher("explain", "welcome/L1").text
    #expect(sent.contains("Its record is"), "\(sent)")
    #expect(try store.usher("doctor", expecting: 1).text.contains("ahead of the clock"))
    let integrity = try store.usher("report", "integrity", "--format", "json", expecting: 1).json()
    let check = integrity.items.first { $0["check"] == "not-ahead-of-clock" }
    #expect(check?["violations"].whole ?? 0 > 0, "\(integrity)")

    let release = try store.usher("release", "--reason", "over", expecting: 1)
    #expect(release.stderr.contains("run `usher store clock accept --reason TEXT`"), "\(release)")
    try store.usher("store", "clock", "accept", expecting: 64)
    let dry = try store.usher("store", "clock", "accept", "--dry-run", "--format", "json").json()
    #expect(dry["dry_run"] == true && dry["ahead"].items[0]["ahead"] == "attempts", "\(dry)")
    #expect(dry["released"] == false && dry["ends_hold"] == true, "\(dry)")
    let told = try store.usher("store", "clock", "accept", "--dry-run").stderr
    #expect(told.contains("would be released: sending is on hold (clock)") && told.contains("nothing was written"))
    #expect(try store.usher("tick", "--format", "json").json()["sent"] == 0)

    let accept = try store.usher("store", "clock", "accept", "--reason", "NTP was off", "--as", "ann")
    #expect(accept.stderr.contains("released: sending was on hold (clock)"), "\(accept)")
    #expect(try store.usher("tick", "--format", "json").json()["sent"] == 1, "one at a time with a pace")
    try store.expectSound()
    #expect(try !store.usher("explain", "welcome/L1").text.contains("Its record is"))
    let audit = try store.usher("audit", "--format", "json").json().items.first { $0["action"] == "accept" }
    #expect(audit?["reason"] == "NTP was off" && audit?["actor"] == "ann", "\(String(describing: audit))")
    #expect(
      try store.usher("store", "clock", "accept", "--reason", "again").stderr.contains("nothing to accept"))
  }

  @Test func `a tick with --now never holds`() throws {
    let store = try store()
    let tick = try store.usher("tick", "--now", SystemClock().now().advanced(bySeconds: 60).rfc3339)
    #expect(!tick.stderr.contains("hold"), "\(tick)")
  }
}

import Foundation
import Routing
import Testing
import Wire

/// A thousand due contacts and capacity for eight hundred.
struct CapacityTests {
  private func lines(maxWait: Int?) -> [JSONValue] {
    [.tenant(maxWait: maxWait), .sequence()] + (0..<10).map { .device("D\($0)", hour: 80) }
      + (0..<1000).map { .lead($0, device: $0 % 7 == 0 ? nil : "D\($0 % 10)") }
  }

  private func tick(_ store: TestStore) throws -> Export {
    let report = try store.usher("tick", "--no-send", "--now", Moment.nine, "--format", "json").json()
    #expect(
      report == [
        "now": .string(Moment.nine), "enrolled": 1000, "decided": 1000, "queued": 800, "waiting": 200,
        "skipped": 0, "sent": 0, "returned": 0, "failed": 0, "faults": 0,
      ])
    return try store.export()
  }

  @Test func `each device gets what its cap allows, and the others wait with the reason and the time (I-04, I-06)`()
    throws
  {
    let export = try tick(TestStore(lines(maxWait: nil)))
    let devices = Dictionary(grouping: export.rows("message")) { $0["device"].text! }.mapValues(\.count)
    #expect(devices == Dictionary(uniqueKeysWithValues: (0..<10).map { ("D\($0)", 80) }))
    let waiting = export.rows("enrolment").filter { $0["status"] == "waiting" }
    #expect(waiting.count == 200)
    #expect(Set(waiting.map { $0["reason"].text! }) == ["no device can accept more"])
    #expect(Set(waiting.map { $0["capacity_at"].text }) == ["2026-11-22T10:00:00Z"])
    expectEnds(of: waiting, from: "2026-11-23T06:36:00Z", to: "2026-11-23T09:00:00Z")
    let queued = export.rows("enrolment").filter { $0["status"] == "queued" }
    #expect(queued.count == 800)
    #expect(queued.allSatisfy { $0["capacity_at"] == .null && $0["next_at"] == .null })
  }

  @Test func `the policy's parameter is the latest end of a wait, also after the time at which there is capacity`()
    throws
  {
    let export = try tick(TestStore(lines(maxWait: 7200)))
    let waiting = export.rows("enrolment").filter { $0["status"] == "waiting" }
    #expect(Set(waiting.map { $0["capacity_at"].text }) == ["2026-11-22T10:00:00Z"])
    expectEnds(of: waiting, from: "2026-11-22T10:48:00Z", to: "2026-11-22T11:00:00Z")
  }

  /// The ends of waits on a waitlist are spread over the last tenth of the wait.
  private func expectEnds(of waiting: [JSONValue], from first: String, to last: String) {
    let ends = waiting.compactMap { $0["next_at"].text.flatMap(Instant.init(rfc3339:)) }
    #expect(ends.count == waiting.count && Set(ends).count > waiting.count / 2)
    #expect(ends.allSatisfy { (Instant(rfc3339: first)!...Instant(rfc3339: last)!).contains($0) })
  }

  @Test func `two fresh stores end with the same rows`() throws {
    let source = try TestStore(lines(maxWait: nil))
    let text = try source.export().bytes
    var exports: [[UInt8]] = []
    for name in ["one.db", "two.db"] {
      let store = try TestStore(in: source.folder, name: name)
      try store.usher("import", "-", input: text)
      exports.append(try tick(store).bytes)
    }
    #expect(exports[0] == exports[1])
    #expect(exports[0].count > text.count)
  }

  @Test func `an hour after sending, waiting contacts get capacity, and no hour exceeds the cap`() throws {
    let store = try TestStore(lines(maxWait: nil))
    try store.usher("tick", "--now", Moment.nine)
    let early = try store.usher("tick", "--now", "2026-11-22T09:59:59Z", "--format", "json").json()
    // Without capacity nobody on a waitlist is asked.
    #expect(early["decided"] == 0 && early["waiting"] == 0)
    #expect(early["sent"] == 0)
    #expect(try store.states()["waiting"] == 200)
    let late = try store.usher("tick", "--now", Moment.ten, "--format", "json").json()
    #expect(late["queued"] == 200)
    #expect(late["sent"] == 200)
    try store.expectSound()
  }
}

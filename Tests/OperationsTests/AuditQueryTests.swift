import Routing
import RoutingTestKit
import Testing

@testable import Operations

/// The window of the audit, and its answer for a subject without lines.
struct AuditQueryTests {
  private let folder = TestFolder()
  private let store: any Store

  init() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme")
    for number in 1...3 { scenario.device("D\(number)") }
    store = try scenario.store(in: folder, at: TestInstance.start)
    for (seconds, status, reason) in [(0, DeviceStatus.offline, "broken"), (1, .online, "repaired")] {
      try store.setDeviceStatus(
        DeviceID("D2")!, of: TenantID("acme")!, to: status, reason: reason, actor: "ann",
        at: TestInstance.start.advanced(bySeconds: Int64(seconds)))
    }
  }

  private func answer(_ subject: String?, since: Instant = TestInstance.start, limit: Int = 10) throws
    -> AuditQuery.Answer
  {
    try AuditQuery(AuditFilter(since: since, subject: subject.map(AuditSubject.init), limit: limit)).run(store)
  }

  @Test func `the lines of the window are returned with whether there are more`() throws {
    let all = try answer(nil)
    #expect(all.lines.count > 1 && !all.hasMore && all.missing == nil)
    let some = try answer(nil, limit: 1)
    #expect(some.lines.count == 1 && some.hasMore)
    #expect(try answer("device D2").lines.map(\.reason) == ["repaired", "broken"])
  }

  @Test func `a missing subject is reported with the nearest id`() throws {
    let missing = try answer("device D22").missing
    #expect(missing == AuditQuery.Missing(kind: "device", id: "D22", nearest: "D2"))
    #expect(try answer("tenant nothing like it").missing?.nearest == nil)
  }

  @Test func `a subject that exists, or whose kind has no ids to look for, is not missing`() throws {
    #expect(try answer("device D1") == AuditQuery.Answer(lines: [], hasMore: false, missing: nil))
    for subject in ["D22", "policy night"] { #expect(try answer(subject).missing == nil, "\(subject)") }
  }

  @Test func `a window without a beginning is one week`() {
    let week: Int64 = 7 * 86_400
    #expect(AuditQuery.usualBegin(until: nil, now: TestInstance.start) == TestInstance.start.advanced(bySeconds: -week))
    let end = TestInstance.start.advanced(bySeconds: -1000)
    #expect(AuditQuery.usualBegin(until: end, now: TestInstance.start) == end.advanced(bySeconds: -week))
  }
}

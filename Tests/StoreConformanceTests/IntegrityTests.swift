import Routing
import RoutingTestKit
import Testing

/// The checks of `report integrity` (I-73 among others).
struct IntegrityTests {
  /// A store with messages in every state: sent, sending, pending, failed, unknown, skipped, waiting, cancelled.
  private func scene(_ factory: StoreFactory) throws -> StoreFixture {
    let fixture = try StoreFixture(factory)
    let device = try fixture.device("D1", hour: 80)
    try fixture.device("D2")
    try fixture.sequence()
    for lead in ["a", "b", "c", "d", "e"] { try fixture.enrolment(lead, device: device) }
    try fixture.queueAll(on: device)
    let claimed = try fixture.claim(limit: 4)
    try fixture.finish([claimed[0]], .accepted(gatewayID: "g"))
    try fixture.finish([claimed[1]], .refused(reason: "no"))
    try fixture.finish([claimed[2]], .unknown(reason: "timed out"))
    try fixture.queueAll(on: device, at: fixture.now.advanced(bySeconds: 60))
    for lead in ["f", "g"] { try fixture.enrolment(lead, device: device) }
    _ = try fixture.store.decide(tenant: fixture.acme, limit: 9, at: fixture.now, epoch: fixture.epoch) {
      due in
      due.contact.id.text == "welcome/f"
        ? .skip(StoreFixture.decision(.skip)) : .cancel(reason: "stopped", code: .optedOut)
    }
    return fixture
  }

  @Test(arguments: StoreFactory.all)
  func `a store that only usher wrote passes all checks`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let report = try fixture.store.integrity()
    #expect(report.isSound, "\(report.checks.filter { $0.violations > 0 })")
    #expect(Set(report.checks.map(\.name)).count == report.checks.count)
  }

  @Test(
    arguments: StoreFactory.all,
    [
      (["UPDATE broadcast_messages SET created_at = created_at - 120000 WHERE id = 6"], "steps-in-order"),
      (["UPDATE broadcast_messages SET created_at = created_at - 1 WHERE id = 6"], "not-before-due"),
      (
        ["UPDATE broadcast_messages SET device_id = 2 WHERE id = 1"],
        "device-of-decision"
      ),
      (
        ["UPDATE sequence_contacts SET current_step = 2, status = 'queued', next_at = NULL WHERE id = 6"],
        "queued-has-one-message"
      ),
      (
        ["UPDATE sequence_contacts SET status = 'completed', ended_at = 1 WHERE id = 5"],
        "open-message-is-awaited"
      ),
      (["UPDATE sequence_contacts SET current_step = 1 WHERE id = 1"], "progress-agrees"),
      (["UPDATE sequence_contacts SET assigned_device_id = 2 WHERE id = 1"], "assignment-on-record"),
      (
        [
          "INSERT INTO tenants (external_id, name, policies, created_at) VALUES ('x', 'x', '[\"a\"]', 1)",
          "INSERT INTO waitlists (tenant_id) VALUES (2)",
          "UPDATE sequence_contacts SET status = 'waiting', next_at = 1, reason = 'x', waitlist_id = 1 WHERE id = 6",
        ],
        "waitlist-of-tenant"
      ),
      (
        ["INSERT INTO sequence_steps (sequence_id, ordinal, delay_ms, content) VALUES (1, 4, 0, 'x')"],
        "steps-without-gaps"
      ),
      (
        [
          "INSERT INTO tenants (external_id, name, policies, created_at) VALUES ('x', 'x', '[\"a\"]', 1)",
          "UPDATE decisions SET tenant_id = 2 WHERE id = 1",
        ],
        "one-tenant"
      ),
      (["UPDATE sequence_contacts SET lead_id = 99 WHERE id = 1"], "no-orphans"),
      (["UPDATE attempts SET outcome = 'refused' WHERE id = 1"], "sent-was-accepted"),
      (["UPDATE broadcast_messages SET attempts = 7 WHERE id = 1"], "attempts-counted"),
      (["UPDATE user_devices SET limit_hour = 1 WHERE id = 1"], "cap-hour"),
      (["UPDATE user_devices SET limit_minute = 1 WHERE id = 1"], "cap-minute"),
      (["UPDATE user_devices SET limit_day = 0 WHERE id = 1"], "cap-day"),
      (["UPDATE sequence_contacts SET current_step = 3 WHERE id = 6"], "totals-agree"),
      (
        [
          // As one statement with the triggers of the totals does.
          "UPDATE sequence_contacts SET current_step = 9 WHERE id = 6",
          "UPDATE enrolment_totals SET enrolments = enrolments - 1 WHERE step = 2 AND state = 'open'",
          "INSERT INTO enrolment_totals (sequence_id, step, state, enrolments) VALUES (1, 9, 'open', 1)",
        ],
        "counted-once"
      ),
    ])
  func `damage made by hand is found by its check`(factory: StoreFactory, row: ([String], String)) throws {
    let (change, check) = row
    let fixture = try scene(factory)
    try fixture.subject.writeUnprotected(change)
    let found = try fixture.store.integrity().checks.filter { $0.violations > 0 }
    #expect(found.contains { $0.name == check && !$0.examples.isEmpty }, "\(found)")
  }

  @Test(arguments: StoreFactory.all)
  func `a check counts all violations and shows the first few`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.execute("UPDATE broadcast_messages SET attempts = 7")
    let check = try fixture.store.integrity().checks.first { $0.name == "attempts-counted" }
    #expect(check?.violations == 6 && check?.examples.count == 5)
    #expect(check?.examples.first == "message 1 counts 7 attempts, 1 are on record")
  }

  @Test(arguments: StoreFactory.all)
  func `the seed's own query, in SQLite's SQL, finds no mismatch`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let rows = try fixture.rows(
      """
      SELECT bm.id, CASE WHEN bm.device_id = sc.assigned_device_id THEN 'MATCH' ELSE 'MISMATCH' END AS match
      FROM broadcast_messages bm
      JOIN sequence_contacts sc ON sc.contact_phone = bm.recipient_phone AND sc.sequence_id = bm.sequence_id
      WHERE bm.sent_at > 0
      """)
    #expect(!rows.isEmpty && rows.allSatisfy { $0[1] == "MATCH" })
  }
}

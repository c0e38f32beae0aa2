import Foundation
import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// The store's identity, and the keys by which gateways know its messages.
struct StoreIdentityTests {
  private let fixture: StoreFixture
  private let device: DeviceKey

  init() throws {
    fixture = try StoreFixture()
    try fixture.sequence()
    device = try fixture.device("D1")
  }

  private func queued(_ lead: String = "L1") throws -> Message {
    try fixture.enrolment(lead, device: device)
    try fixture.queueAll(on: device)
    return try #require(try fixture.claim().last)
  }

  private func identity(_ store: SQLiteStore) throws -> [String] {
    try store.reading { db in
      try db.all("SELECT identity, hex(secret) AS secret FROM store") { [$0["identity"], $0["secret"]] }[0]
    }
  }

  @Test func `two stores have different identities and secrets, and a store keeps its own`() throws {
    let (mine, other) = (try identity(fixture.sqlite), try identity(StoreFixture().sqlite))
    #expect(mine[0] != other[0] && mine[1] != other[1])
    #expect(try identity(SQLiteStore.open(at: fixture.path, mode: .readWrite)) == mine)
  }

  @Test func `an attempt that certainly sent nothing is followed by one with another key`() throws {
    let outcomes: [SendOutcome] = [.notSent(reason: "stopped"), .deviceFault(reason: "down", pauseSeconds: 0)]
    var keys = [try queued().idempotencyKey]
    for outcome in outcomes {
      try fixture.finish(try [#require(try last())], outcome)
      keys.append(try #require(try fixture.claim().last).idempotencyKey)
    }
    #expect(Set(keys).count == 3)
    #expect(keys.allSatisfy { $0.wholeMatch(of: /[0-9A-F]{22}/) != nil })
  }

  /// The message that is being sent, as the sender sees it.
  private func last() throws -> Message? {
    let later = fixture.now.advanced(bySeconds: 3600)
    return try fixture.store.abandonedClaims(at: later, epoch: fixture.epoch).last
  }

  @Test func `a message that moves to another device gets another key`() throws {
    let other = try fixture.device("D2")
    try fixture.enrolment("L1", device: device)
    try fixture.queueAll(on: device)
    try fixture.store.retireDevice(
      DeviceID("D1")!, of: TenantID("acme")!, reassignTo: DeviceID("D2")!, reason: "lost", actor: "ann",
      at: fixture.now)
    let message = try #require(try fixture.claim().last)
    #expect(message.deviceKey == other)
    #expect(
      try message.idempotencyKey == fixture.messageKey("welcome/L1", message.recipient.text, tryNumber: 2))
  }

  @Test func `a message keeps its key when its contact gets another id`() throws {
    let before = try queued()
    try fixture.execute("UPDATE sequence_contacts SET external_id = 'renamed'")
    let left = try #require(try last())
    #expect(left.contact == ContactID("renamed") && left.idempotencyKey == before.idempotencyKey)
  }

  /// Restores a backup from before the decision: the message is decided again and gets another row.
  @Test func `a message that is queued again after a restore has the key of the lost one`() throws {
    let lost = try queued()
    for sql in [
      "DROP TRIGGER broadcast_messages_kept", "DELETE FROM attempts", "DELETE FROM broadcast_messages",
      "UPDATE sequence_contacts SET status = 'scheduled', next_at = due_at, last_decision_id = NULL",
    ] { try fixture.execute(sql) }
    try fixture.enrolment("L0", device: device)
    try fixture.queueAll(on: device)
    let again = try fixture.claim()
    let same = try #require(again.first { $0.contact == lost.contact })
    #expect(same.idempotencyKey == lost.idempotencyKey)
    #expect(Set(again.map(\.idempotencyKey)).count == again.count)
  }
}

import Routing
import RoutingTestKit
import StoreSQL
import Testing

/// What the suite requires of the engines that it runs on.
struct EngineTests {
  @Test(arguments: StoreFactory.all)
  func `a new store has only its own rows, and another process sees writes`(factory: StoreFactory) throws {
    let subject = try factory.make()
    let other = try subject.reopen(.readOnly)
    #expect(try other.read { try $0.tenants() }.isEmpty)
    _ = try subject.write { db in
      try db.change(
        "INSERT INTO tenants (external_id, name, policies, created_at) VALUES (?1, ?1, ?2, 0)", ["acme", "[\"p\"]"])
    }
    #expect(try other.read { try $0.tenants() }.map(\.id.text) == ["acme"])
  }

  @Test(arguments: ["SELECT last_insert_rowid()", "SELECT rowid FROM tenants", "SELECT ROWID FROM tenants", "SELECT ?"])
  func `the neutral engine refuses what only SQLite accepts`(sql: String) throws {
    let subject = try StoreFactory.neutral.make()
    #expect(throws: StoreError.self) { try subject.read { db in _ = try db.prepare(sql) } }
    #expect(throws: StoreError.self) { try subject.read { db in _ = try db.statement(sql) } }
    #expect(try subject.read { db in try db.value("SELECT ?2 - ?1", [3, 5]) } == 2)
  }

  @Test(arguments: StoreFactory.all)
  func `foreign keys and triggers can be turned off to damage rows, and only so`(factory: StoreFactory) throws {
    let fixture = try StoreFixture(factory)
    try fixture.sequence()
    try fixture.enrolment("L1", device: try fixture.device("D1"))
    try fixture.queueAll(on: DeviceKey(1))
    for change in ["UPDATE sequence_contacts SET lead_id = 9", "DELETE FROM broadcast_messages"] {
      #expect(throws: StoreError.self) { try fixture.execute(change) }
    }
    try fixture.subject.writeUnprotected(["DELETE FROM broadcast_messages", "UPDATE sequence_contacts SET lead_id = 9"])
    #expect(try fixture.count("SELECT count(*) FROM broadcast_messages") == 0)
    #expect(try fixture.rows("SELECT lead_id FROM sequence_contacts") == [["9"]])
    #expect(throws: StoreError.self) { try fixture.execute("UPDATE sequence_contacts SET lead_id = 8") }
  }
}

import Routing
import RoutingTestKit
import StoreSQL
import Testing

struct HoldRowTests {
  private let now = StoreFixture.now

  private func hold(_ tenant: String? = nil, by actor: Actor = "ann") -> SendingHold {
    SendingHold(tenant: tenant.flatMap { TenantID($0) }, reason: "outage", actor: actor, at: now)
  }

  @Test(arguments: StoreFactory.all)
  func `a scope has at most one hold of each kind in force`(factory: StoreFactory) throws {
    let fixture = try StoreFixture(factory)
    let store = fixture.store
    #expect(try fixture.start(hold()) == hold())
    var second = hold(by: "bob")
    second.at = now.advanced(bySeconds: 60)
    #expect(try fixture.start(second) == hold(), "the first one stays")
    for kind in [SendingHold.Kind.clock, .restore, .machine] {
      var other = hold()
      other.kind = kind
      _ = try fixture.start(other)
    }
    #expect(try store.holds().count == 4)
    let release = try store.releaseHold(of: nil, reason: "over", actor: "ann", at: second.at)
    #expect(release.released == hold())
    #expect(release.remaining.map(\.kind.rawValue).sorted() == ["clock", "machine", "restore"])
    #expect(try store.releaseHold(of: nil, reason: "over", actor: "ann", at: second.at).released == nil)
    #expect(try fixture.start(second) == second, "a scope that was released can be put on hold again")
  }

  @Test(
    arguments: StoreFactory.all,
    [
      ["INSERT INTO holds (kind, reason, actor, at) VALUES ('weather', 'r', 'a', 1)"],
      ["INSERT INTO holds (kind, reason, actor, at) VALUES ('operator', '', 'a', 1)"],
      ["INSERT INTO holds (kind, reason, actor, at, released_at) VALUES ('operator', 'r', 'a', 1, 2)"],
      [
        "INSERT INTO holds (kind, reason, actor, at) VALUES ('operator', 'r', 'a', 1)",
        "INSERT INTO holds (kind, reason, actor, at) VALUES ('operator', 'r', 'a', 2)",
      ],
    ])
  func `the schema refuses an impossible hold`(factory: StoreFactory, statements: [String]) throws {
    let fixture = try StoreFixture(factory)
    for statement in statements.dropLast() { try fixture.execute(statement) }
    #expect(throws: StoreError.self) { try fixture.execute(try #require(statements.last)) }
  }

  @Test(arguments: StoreFactory.all)
  func `a hold and its release are on record`(factory: StoreFactory) throws {
    let fixture = try StoreFixture(factory)
    _ = try fixture.start(hold("acme"))
    _ = try fixture.store.releaseHold(of: TenantID("acme"), reason: "over", actor: "bob", at: now)
    #expect(
      try fixture.rows("SELECT action, actor, subject, reason FROM audit ORDER BY id")
        == [["hold", "ann", "tenant acme", "outage"], ["release", "bob", "tenant acme", "over"]])
  }

  @Test(arguments: StoreFactory.all)
  func `nothing is claimed on hold, and only others' messages while a tenant is on hold`(factory: StoreFactory) throws {
    let fixture = try StoreFixture(factory)
    let other = try fixture.tenant("other")
    try fixture.sequence()
    let theirs = try fixture.sequence(tenant: other)
    let device = try fixture.device("D1")
    let theirDevice = try fixture.device("D1", tenant: other)
    try fixture.enrolment("L1", device: device)
    try fixture.enrolment("L1", in: theirs, tenant: other, device: theirDevice)
    try fixture.queueAll(on: device)
    try fixture.queueAll(on: theirDevice, tenant: other)
    _ = try fixture.start(hold("acme"))
    #expect(try fixture.claim().map(\.tenant.text) == ["other"])
    _ = try fixture.start(hold())
    _ = try fixture.store.releaseHold(of: TenantID("acme"), reason: "over", actor: "bob", at: now)
    #expect(try fixture.claim().isEmpty)
    _ = try fixture.store.releaseHold(of: nil, reason: "over", actor: "bob", at: now)
    #expect(try fixture.claim().map(\.tenant.text) == ["acme"])
  }
}

extension StoreFixture {
  fileprivate func start(_ hold: SendingHold) throws -> SendingHold {
    try subject.write { db in try HoldRows.start(hold, in: db) }
  }
}

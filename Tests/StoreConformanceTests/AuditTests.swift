import Routing
import RoutingTestKit
import Testing

struct AuditTests {
  private let device = DeviceKey(1)
  private let acme = TenantID("acme")!

  private func scene(_ factory: StoreFactory) throws -> StoreFixture {
    let fixture = try StoreFixture(factory)
    try fixture.device("D1")
    return fixture
  }

  @Test(arguments: StoreFactory.all)
  func `a late import from another store does not hide newer lines`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.store.pauseDevice(
      DeviceID("D1")!, of: acme, until: fixture.now.advanced(bySeconds: 60), reason: nil, actor: "ann", at: fixture.now)
    // Imported later, so it has a higher key and an earlier time.
    try fixture.execute(
      """
      INSERT INTO device_events (tenant_id, device_id, kind, detail, actor, at)
      VALUES (1, \(device.raw), 'resumed', NULL, 'old', \(fixture.now.milliseconds - 86_400_000))
      """)
    #expect(try fixture.audit(subject: "device D1").map(\.actor) == ["ann"])
    #expect(try fixture.audit(since: 100_000, subject: "device D1").map(\.actor) == ["ann", "old"])
  }

  @Test(arguments: StoreFactory.all)
  func `lines of earlier versions are readable and found`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.execute(
      """
      INSERT INTO audit (tenant_id, actor, action, subject, detail, at) VALUES
        (1, 'ann', 'retry', 'welcome/L1', 'message 1 was failed', \(fixture.now.milliseconds)),
        (1, 'ann', 'opt-out', 'L1', NULL, \(fixture.now.milliseconds)),
        (1, 'root', 'activate', 'fallback (generation 2)', 'why', \(fixture.now.milliseconds)),
        (1, 'bea', 'plan', 'one, two (generation 31)', NULL, \(fixture.now.milliseconds))
      """)
    try fixture.execute(
      """
      INSERT INTO device_events (tenant_id, device_id, kind, detail, actor, at)
      VALUES (1, \(device.raw), 'status', 'online to offline: lost: twice', 'ann', \(fixture.now.milliseconds))
      """)
    #expect(try fixture.audit(subject: "contact welcome/L1").map(\.action) == ["retry"])
    #expect(try fixture.audit(subject: "lead L1").map(\.action) == ["opt-out"])
    let old = try fixture.audit(actor: "root")
    #expect(old.map(\.subject) == ["policy fallback"] && old.map(\.detail) == ["generation 2, why"])
    for subject in ["policy fallback", "fallback"] { #expect(try fixture.audit(subject: subject) == old, "\(subject)") }
    #expect(try fixture.audit(subject: "policy two").map(\.detail) == ["generation 31"])
    let status = try #require(try fixture.audit(subject: "D1").first)
    #expect(status.detail == "online to offline" && status.reason == "lost: twice")
  }

  @Test(arguments: StoreFactory.all)
  func `a reason is stored separately, and may be missing`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let store = fixture.store
    let id = DeviceID("D1")!
    try store.setDeviceStatus(id, of: acme, to: .offline, reason: nil, actor: "ann", at: fixture.now)
    let since = try store.readHistory { try $0.circumstances(of: fixture.acme) }
    #expect(since[device]?.statusSince == fixture.now, "the time is known without a reason too")
    try store.setDeviceStatus(
      id, of: acme, to: .online, reason: "found", actor: Actor("ann", systemUser: "root"), at: fixture.now)
    try store.pauseDevice(
      id, of: acme, until: fixture.now.advanced(bySeconds: 60), reason: nil, actor: "ann", at: fixture.now)
    try store.resumeDevice(id, of: acme, reason: "done", actor: "ann", at: fixture.now)
    let lines = try fixture.audit(subject: "device D1")
    #expect(lines.map(\.action) == ["resumed", "paused", "status", "status"])
    #expect(lines.map(\.reason) == ["done", nil, "found", nil] && lines[2].systemUser == "root")
    #expect(try fixture.audit(actor: "root").count == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `a person is found by any name that the line has`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let store = fixture.store
    let id = DeviceID("D1")!
    try store.setDeviceStatus(
      id, of: acme, to: .offline, reason: nil, actor: Actor("maria", systemUser: "root (sudo by ann)"), at: fixture.now)
    for name in ["maria", "root", "ann", "root (sudo by ann)"] {
      #expect(try fixture.audit(actor: name).count == 1, "\(name)")
    }
    for name in ["mari", "sudo", "by", ""] { #expect(try fixture.audit(actor: name).isEmpty, "\(name)") }
  }

  @Test(arguments: StoreFactory.all)
  func `an unknown tenant is an error, and each line of a tenant names it`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    #expect(throws: OperatorError.self) { try fixture.audit(tenant: TenantID("nobody")!) }
    try fixture.store.setDeviceStatus(
      DeviceID("D1")!, of: acme, to: .offline, reason: nil, actor: "ann", at: fixture.now)
    #expect(try fixture.audit(tenant: acme).allSatisfy { $0.tenant == "acme" })
  }
}

extension StoreFixture {
  fileprivate func audit(
    since seconds: Int64 = 3600, subject: String? = nil, actor: String? = nil, tenant: TenantID? = nil, limit: Int = 100
  ) throws -> [AuditLine] {
    try store.audit(
      AuditFilter(
        since: now.advanced(bySeconds: -seconds), subject: subject.map(AuditSubject.init), actor: actor, tenant: tenant,
        limit: limit)
    ).lines
  }
}

import Operations
import Routing
import Testing

/// Waking contacts by id and by filter.
struct WakeContactsTests {
  /// Waits a second; the tests look before it has passed.
  private func office(tenants: [String] = ["acme"]) throws -> Office {
    let office = try Office(tenants: tenants, leads: 6)
    try office.engine.folder.write(
      "return { select = function(c, fleet) return wait('closed', 3600) end }", to: "Rules/mine.lua")
    try office.engine.decide()
    office.engine.clock.advance(seconds: 60)
    return office
  }

  private func due(_ office: Office, _ tenant: String = "acme") throws -> [Int] {
    try (0..<6).filter {
      try office.engine.contact("welcome/L\($0)", of: tenant).nextAt ?? Instant(milliseconds: .max)
        <= office.engine.clock.now()
    }
  }

  @Test func `contacts are woken by id, once each, with a line in the audit`() throws {
    let office = try office()
    let ids = ["welcome/L1", "welcome/L4", "welcome/L1"].map(ContactID.init(stored:))
    let counts = try WakeContacts(ids, of: acme).run(on: office.store, by: office.note(reason: "fixed"))
    #expect(counts == [WakeCount(tenant: acme, count: 2)])
    #expect(try due(office) == [1, 4])
    let line = try office.lastAudit()
    #expect(line.action == "wake" && line.subject == "contact welcome/L4" && line.reason == "fixed")
    try office.engine.decide()
    let end = office.engine.clock.now().advanced(bySeconds: 3600)
    #expect(try ["welcome/L1", "welcome/L4"].allSatisfy { try office.engine.contact($0).nextAt == end })
  }

  @Test func `an unknown contact, or one that does not wait, changes nothing`() throws {
    let office = try office()
    let wake = { (id: String) in
      try WakeContacts([ContactID("welcome/L1")!, ContactID(stored: id)], of: acme).run(
        on: office.store, by: office.note())
    }
    #expect(code { _ = try wake("welcome/L9") } == .contactNotFound)
    _ = try OptOutLead("L2", of: acme).run(on: office.store, by: office.note())
    #expect(code { _ = try wake("welcome/L2") } == .stateConflict)
    #expect(try due(office).isEmpty)
  }

  @Test func `a filter wakes what it matches and says how many`() throws {
    let office = try office()
    let wake = try WakeContacts(matching: "lead in (L0, L5) and reason=closed", in: TenantScope(tenant: acme))
    #expect(code { _ = try wake.run(on: office.store, by: office.note()) } == .reasonRequired)
    #expect(try wake.run(on: office.store, by: office.note(reason: "open")) == [WakeCount(tenant: acme, count: 2)])
    #expect(try due(office) == [0, 5])
    let line = try office.lastAudit()
    #expect(
      line.subject == "tenant acme" && line.detail == "2 waiting contacts where lead in (L0, L5) and reason=closed")
    #expect(try wake.run(on: office.store, by: office.note(reason: "open")).isEmpty, "they are due already")
  }

  @Test func `contacts of several tenants need consent`() throws {
    let office = try office(tenants: ["acme", "globex"])
    let wake = { (all: Bool) in
      try WakeContacts(matching: "step=1", in: TenantScope(tenant: nil, allowsSeveral: all)).run(
        on: office.store, by: office.note(reason: "open"))
    }
    #expect(code { _ = try wake(false) } == .consentRequired)
    #expect(try due(office).isEmpty)
    #expect(try wake(true).map(\.count) == [6, 6])
    #expect(try due(office, "globex").count == 6)
    #expect(
      code {
        _ = try WakeContacts(matching: "step=1", in: TenantScope(tenant: TenantID("nobody")!)).run(
          on: office.store, by: office.note(reason: "open"))
      } == .tenantNotFound)
  }
}

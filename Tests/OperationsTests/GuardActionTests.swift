import Operations
import Routing
import Testing

struct GuardActionTests {
  private let office: Office

  /// Removes the guards that a new store has.
  init() throws {
    office = try Office()
    try office.store.changeGuards(actor: "ann", at: office.engine.clock.now(), reason: nil) { list in
      list = []
      return "removed all"
    }
  }

  private func add(_ name: String, _ parameters: [String] = [], before: String? = nil) throws {
    try AddGuard(name, try ParameterOverrides(parameters), before: before).run(
      on: office.store, catalog: office.catalog, by: office.note())
  }

  private func set(_ name: String, _ parameters: [String], tenant: TenantID? = nil, clears: Bool = false) throws {
    try SetGuard(name, try ParameterOverrides(parameters), tenant: tenant, clears: clears).run(
      on: office.store, catalog: office.catalog, by: office.note())
  }

  private func list() throws -> [GuardListing] {
    try GuardsQuery().run(on: office.store, catalog: office.catalog).guards
  }

  @Test func `guards are added at the end, or before another guard`() throws {
    try add("daily_limit", ["limit=3"])
    try add("quiet_hours", before: "daily_limit")
    #expect(try list().map(\.name) == ["quiet_hours", "daily_limit"])
    #expect(try list()[1].parameters == [Parameter("limit", .integer(3))])
    #expect(code { try add("daily_limit") } == .stateConflict)
    #expect(code { try add("move_limit", before: "nobody") } == .guardNotFound)
    #expect(code { try add("nobody") } == .guardNotFound)
    #expect(code { try add("move_limit", ["nothing=1"]) } == .invalidInput)
  }

  @Test func `parameters are set for all tenants or overridden for one, and cleared again`() throws {
    try add("daily_limit", ["limit=3"])
    try set("daily_limit", ["limit=5"])
    try set("daily_limit", ["limit=1"], tenant: acme)
    #expect(try list()[0].parameters == [Parameter("limit", .integer(5))])
    #expect(try list()[0].own.map(\.parameters) == [[Parameter("limit", .integer(1))]])
    try set("daily_limit", [], tenant: acme, clears: true)
    #expect(try list()[0].own.isEmpty)
    #expect(code { try set("daily_limit", ["limit=1"], tenant: TenantID("acne")!) } == .tenantNotFound)
    #expect(code { try set("quiet_hours", ["from=20"]) } == .guardNotFound)
  }

  @Test func `a guard is removed once, and the actor is recorded`() throws {
    try add("daily_limit")
    try RemoveGuard("daily_limit").run(on: office.store, by: office.note(reason: "no need"))
    #expect(try list().isEmpty)
    #expect(try office.lastAudit().reason == "no need")
    #expect(code { try RemoveGuard("daily_limit").run(on: office.store, by: office.note()) } == .guardNotFound)
  }
}

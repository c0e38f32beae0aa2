import Operations
import Routing
import RoutingTestKit
import Testing

struct HoldActionTests {
  private let office: Office
  init() throws { office = try Office() }

  private func start(_ tenant: TenantID? = nil, reason: String?) throws -> StopOutcome {
    try StartHold(tenant: tenant, waitMilliseconds: 0).run(
      onStoreAt: office.store.path, by: office.note(reason: reason), clock: office.engine.clock)
  }

  @Test func `a hold needs a reason and a tenant that exists`() {
    #expect(code { _ = try start(reason: nil) } == .reasonRequired)
    #expect(code { _ = try start(TenantID("acne")!, reason: "outage") } == .tenantNotFound)
  }

  @Test func `without a running process a hold is certain, and a second hold keeps the first`() throws {
    let first = try start(reason: "outage")
    #expect(first.isNew && first.uncertainty(waitSeconds: 0) == nil)
    #expect(first.hold.at == office.engine.clock.now())
    let second = try start(reason: "another")
    #expect(!second.isNew && second.hold.reason == "outage")
  }

  @Test func `a release ends only the hold of its scope`() throws {
    _ = try start(reason: "outage")
    _ = try start(acme, reason: "wrong prices")
    let release = ReleaseHold(tenant: nil)
    try release.check(storeAt: office.store.path)
    #expect(code { _ = try release.run(on: office.store, by: office.note()) } == .reasonRequired)
    let outcome = try release.run(on: office.store, by: office.note(reason: "over"))
    #expect(outcome.released?.reason == "outage")
    #expect(outcome.remaining.map(\.tenant) == [acme])
    #expect(outcome.remaining(of: nil).isEmpty && outcome.conflict(of: nil) == nil)
    #expect(code { try ReleaseHold(tenant: TenantID("acne")!).check(storeAt: office.store.path) } == .tenantNotFound)
  }

  @Test func `a hold is uncertain while a process does not answer`() {
    let hold = SendingHold(tenant: nil, reason: "outage", actor: "ann", at: office.engine.clock.now())
    let outcome = StopOutcome(hold: hold, isNew: true, certainty: .unseen(leased: 2))
    #expect(outcome.uncertainty(waitSeconds: 10)?.code == .holdUncertain)
    let unknown = StopOutcome(hold: hold, isNew: true, certainty: .unknown("no permission"))
    #expect(unknown.uncertainty(waitSeconds: 10)?.message.hasPrefix("cannot tell whether") == true)
  }

  @Test func `release does not end a hold of another kind`() {
    let hold = SendingHold(tenant: nil, kind: .clock, reason: "ahead", actor: "usher", at: office.engine.clock.now())
    #expect(ReleaseOutcome(remaining: [hold]).conflict(of: nil)?.code == .stateConflict)
    #expect(ReleaseOutcome(remaining: [hold]).conflict(of: acme) == nil)
  }
}

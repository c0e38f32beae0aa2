import DryRun
import Routing
import RoutingTestKit
import Testing

/// A day of cycles, sends and commands, run by the program itself.
struct RecordedDayTests {
  /// A day with a restart and a policy change.
  private func day(_ policies: [String], on factory: StoreFactory) async throws -> RecordedDay {
    var day = try RecordedDay(policies: policies, seed: 5, devices: 8, leads: 30, on: factory)
    try await day.live(rounds: 8)
    try day.restart()
    try await day.live(rounds: 6)
    try day.activate(["reassign"])
    try await day.live(rounds: 6)
    return day
  }

  @Test(arguments: [["opinionless", "faulty", "fallback"], ["careless"]])
  func `the same day replays from every engine and exports the same from each`(policies: [String]) async throws {
    var exports: [String] = []
    for factory in StoreFactory.all {
      let engine = try await day(policies, on: factory).engine
      let replay = try engine.store.readHistory { try Replay(RecordFilter()).run(on: $0) }
      #expect(replay.decisions > 50 && replay.different == 0 && replay.unrecorded.byPolicies == 0, "\(factory)")
      #expect(replay.identical + replay.notAsked == replay.decisions, "\(factory)")
      let broken = try engine.store.integrity().checks.filter { $0.violations > 0 && !$0.name.hasPrefix("cap-") }
      #expect(broken.isEmpty, "\(factory): \(broken)")
      // A policy change names its files, which are in a folder of this run.
      exports.append(try engine.store.exported().replacing(engine.folder.path, with: "rules"))
    }
    let lines = exports.map { $0.split(separator: "\n") }
    for (other, factory) in zip(lines, StoreFactory.all).dropFirst() {
      let difference = zip(lines[0], other).first { $0 != $1 }
      #expect(difference == nil && other.count == lines[0].count, "\(factory)")
    }
  }

  @Test(arguments: StoreFactory.all)
  func `the record of a day can be read in every way`(factory: StoreFactory) async throws {
    let engine = try await day(["fallback"], on: factory).engine
    let (store, now, acme) = (engine.store, engine.clock.now(), TenantID("acme")!)
    try store.readHistory { history in
      let tenant = try #require(try history.tenants().first { $0.id == acme })
      let contacts = try history.contacts(named: "L1", of: tenant.key, limit: 9)
      #expect(contacts.map(\.contact.text) == ["welcome/L1"])
      #expect(try history.contacts(named: "+15550000001", of: nil, limit: 9) == contacts)
      #expect(try !history.contacts(near: "welcome/L", of: tenant.key, limit: 3).isEmpty)
      let contact = try #require(try history.contact(contacts[0].contact, of: acme, decisionLimit: 50))
      #expect(!contact.decisions.isEmpty && contact.lead == "L1")
      let isOpen = contact.status == .scheduled || contact.status == .waiting
      if case .undecided = try history.currentStep(of: contacts[0].contact, of: tenant.key, at: now) {
        #expect(isOpen)
      } else {
        #expect(!isOpen)
      }
      #expect(try !history.circumstances(of: tenant.key).isEmpty)
      #expect(try history.countUnrecorded(RecordFilter()).byPolicies == 0)
    }
    #expect(try store.sequences(at: now) == store.sequences())
    let (before, report) = (TestInstance.start.advanced(bySeconds: -60), try store.devices(at: now))
    #expect(try store.devices(at: before).total.sentDay == 0 && report.total.sentDay > 0)
    let overview = try store.overview(at: now, stopwatch: { 0 })
    #expect(overview.devices.count == report.lines.count { $0.device.status != .retired })
    #expect(try store.state(of: nil, modelLeads: 3, at: now).tenants.count == 2)
    #expect(try !store.policyHistory(tenant: acme).isEmpty && !store.policyStatuses().isEmpty)
    #expect(try store.lastActivity(of: acme) != nil)
  }
}

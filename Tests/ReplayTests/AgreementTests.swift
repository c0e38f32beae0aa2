import DryRun
import Policies
import Routing
import RoutingTestKit
import StoreSQL
import StoreSQLite
import Testing
import Wire

/// A dry run is a live run without the commit: its result for a policy equals what cycles do once that policy is
/// active.
struct AgreementTests {
  /// What was decided for a contact, in a comparable form.
  private struct Choice: Equatable, CustomStringConvertible {
    let outcome: Outcome
    let device: DeviceID?
    let reason: String
    var description: String { "\(outcome) \(device?.text ?? "-"): \(reason)" }
  }

  private typealias Choices = [TenantID: [ContactID: Choice]]

  @Test(arguments: ReplayTests.shipped)
  func `a dry run of the live policy shows no change, and of another policy what cycles then do`(
    policy: String
  ) async throws {
    var day = try RecordedDay(policies: [policy], seed: 11)
    try await day.live(rounds: 40)
    // The remaining leads are enrolled, so that there is work again, whatever the day has left.
    try day.engine.decide()
    day.engine.clock.advance(seconds: 600)
    try day.engine.take(morning(at: day.engine.clock.now()))
    let same = try dryRun(policy, on: day.engine, listing: .changed)
    #expect(same.contacts > 20)
    #expect(same.changed == 0, "\(same.changes.prefix(3).map { "\($0)" })")

    for other in ReplayTests.shipped where other != policy {
      let said = try choices(of: other, on: day.engine)
      let copy = try TestInstance(copying: day.engine)
      try RecordedDay.activate([other], on: copy)
      let report = try copy.decide()
      #expect(report.enrolled == 0)
      let done = try decided(by: copy)
      #expect(said.mapValues(\.count) == done.mapValues(\.count), "\(policy), then \(other)")
      for (tenant, contacts) in said {
        for (contact, choice) in contacts where done[tenant]?[contact] != choice {
          Issue.record(
            "\(policy), then \(other): \(contact) of \(tenant): the dry run decided \(choice), the cycle did \(String(describing: done[tenant]?[contact]))"
          )
        }
      }
    }
  }

  /// Contacts of both tenants that are due, some of them without a device.
  private func morning(at now: Instant) -> StoreScenario {
    var scenario = StoreScenario()
    for (tenant, first) in [("acme", 9000), ("globex", 9500)] {
      for number in first..<first + 25 {
        scenario.lead(number, of: tenant, device: number % 7 == 0 ? nil : "D\(number % 12 + 1)", triggers: [])
        scenario.add(
          "enrolment",
          [
            ("tenant", .string(tenant)), ("sequence", .string("welcome")), ("lead", .string("L\(number)")),
            ("due_at", .string(now.rfc3339)),
          ])
      }
    }
    return scenario
  }

  private func dryRun(
    _ policy: String, on engine: TestInstance, listing listed: DryRunReport.Listed
  ) throws -> DryRunReport {
    try engine.store.read { snapshot in
      try DryRun(
        options: DryRun.Options(now: engine.clock.now(), listed: listed),
        against: { try snapshot.activeRevisions(of: $0.key).map { CompiledPolicy.onRecord($0) } },
        candidate: { tenant in
          let entry = try PolicyCatalog(rules: nil).entry(named: policy)
          return [try CompiledPolicy(file: entry.name, source: entry.source, parameters: tenant.parameters)]
        }
      ).run(on: snapshot)
    }
  }

  /// The result of a dry run for every due contact.
  private func choices(of policy: String, on engine: TestInstance) throws -> Choices {
    var choices: Choices = [:]
    for listed in [DryRunReport.Listed.same, .changed] {
      for line in try dryRun(policy, on: engine, listing: listed).changes {
        choices[line.tenant, default: [:]][line.contact] = Choice(
          outcome: line.after.outcome, device: line.after.device, reason: line.after.reason)
      }
    }
    return choices
  }

  /// The decisions of the last cycle.
  private func decided(by engine: TestInstance) throws -> Choices {
    var choices: Choices = [:]
    var tenant: TenantID?
    try engine.store.readHistory { snapshot in
      try snapshot.visitRecord(
        RecordFilter(since: engine.clock.now()), run: { tenant = $0.tenant.id },
        decision: { decision in
          choices[try #require(tenant), default: [:]][decision.contact.id] = Choice(
            outcome: decision.outcome, device: decision.device, reason: decision.reason)
          return true
        })
    }
    return choices
  }
}

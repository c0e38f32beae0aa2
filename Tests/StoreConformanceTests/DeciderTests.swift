import Routing
import RoutingTestKit
import StoreSQL
import Testing

/// When a store requests a decider, in which order it calls it, and what it records of its inputs.
struct DeciderTests {
  /// Queues each step on one device, and records the calls.
  private final class NotingDecider: StepDecider {
    var calls: [String] = []
    private let read: DecisionInputs
    var record: Int64?
    private let answer: (DueStep) -> StepCommit

    init(_ read: DecisionInputs, _ answer: @escaping (DueStep) -> StepCommit) {
      (self.read, self.answer) = (read, answer)
    }

    var inputs: DecisionInputs? {
      calls.append("inputs")
      var inputs = read
      inputs.record = record
      return inputs
    }

    func prefetch(_ step: DueStep) { calls.append("prefetch \(step.contact.id)") }

    func decide(_ step: DueStep) -> StepCommit {
      calls.append("decide \(step.contact.id)")
      return answer(step)
    }
  }

  private let device = DeviceKey(1)

  private func scene(_ factory: StoreFactory) throws -> StoreFixture {
    let fixture = try StoreFixture(factory)
    try fixture.device("D1")
    try fixture.sequence()
    return fixture
  }

  private func decider(
    _ fixture: StoreFixture, generation: Int64 = 1, _ answer: ((DueStep) -> StepCommit)? = nil
  ) throws -> NotingDecider {
    let fleet = try fixture.store.read { try $0.fleet(of: try $0.tenants()[0], at: fixture.now) }
    let device = device
    return NotingDecider(
      DecisionInputs(fleet: fleet, generation: generation),
      answer ?? { _ in .queue(StoreFixture.decision(.use(device: 0)), device: device, moves: false, content: "Hi") })
  }

  private func decide(
    _ fixture: StoreFixture, _ decider: NotingDecider, limit: Int = 100
  ) throws -> DecidedBatch {
    try fixture.store.decide(
      tenant: fixture.acme, limit: limit, at: fixture.now, epoch: fixture.epoch, with: { decider })
  }

  @Test(arguments: StoreFactory.all)
  func `if nothing is due no decider is made, and nothing is written`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", dueAt: fixture.now.advanced(bySeconds: 1))
    let paused = try fixture.sequence("paused", trigger: nil, status: "paused")
    try fixture.enrolment("L2", in: paused)
    let before = try fixture.everything()
    for limit in [0, 100] {
      let batch = try fixture.store.decide(
        tenant: fixture.acme, limit: limit, at: fixture.now, epoch: fixture.epoch,
        with: {
          Issue.record("requested a decider")
          return try decider(fixture)
        })
      #expect(batch.counts == DecisionCounts() && batch.record == nil)
    }
    #expect(try fixture.everything() == before)
  }

  @Test(arguments: StoreFactory.all)
  func `a batch with a limit of zero makes no decider`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1")
    let decider = try decider(fixture)
    #expect(try decide(fixture, decider, limit: 0).counts.decided == 0)
    #expect(decider.calls.isEmpty)
  }

  @Test(arguments: StoreFactory.all)
  func `the inputs are known before the first step, which is prefetched before it is decided`(
    factory: StoreFactory
  ) throws {
    let fixture = try scene(factory)
    for lead in ["L1", "L2"] { try fixture.enrolment(lead) }
    let decider = try decider(fixture)
    #expect(try decide(fixture, decider).counts.queued == 2)
    #expect(decider.calls.first == "inputs")
    let steps = decider.calls.filter { $0 != "inputs" }
    for lead in ["L1", "L2"] {
      let (ahead, then) = (
        steps.firstIndex(of: "prefetch welcome/\(lead)"), steps.firstIndex(of: "decide welcome/\(lead)")
      )
      #expect(try #require(ahead) < #require(then))
    }
  }

  @Test(arguments: StoreFactory.all)
  func `batches on the same inputs share a record, and each names it`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for lead in ["L1", "L2", "L3"] { try fixture.enrolment(lead) }
    let decider = try decider(fixture)
    let first = try decide(fixture, decider, limit: 1)
    #expect(first.record == 1)
    decider.record = first.record
    #expect(try decide(fixture, decider, limit: 1).record == 1)
    #expect(try fixture.rows("SELECT id, last_decision_id FROM fleet_records") == [["1", "2"]])
    // Without the record's number a new record begins.
    decider.record = nil
    #expect(try decide(fixture, decider, limit: 1).record == 3)
    #expect(
      try fixture.rows("SELECT id, fleet_id FROM decisions ORDER BY id") == [["1", "1"], ["2", "1"], ["3", "3"]])
  }

  @Test(arguments: StoreFactory.all)
  func `inputs on which nothing is decided are not recorded`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", optedOut: true)
    let batch = try decide(fixture, try decider(fixture, { _ in .cancel(reason: "opted out", code: .optedOut) }))
    #expect(batch.counts.cancelled == 1 && batch.record == nil)
    #expect(try fixture.count("SELECT count(*) FROM fleet_records") == 0)
  }

  @Test(arguments: StoreFactory.all)
  func `inputs of an earlier generation decide nothing`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1")
    let decider = try decider(fixture, generation: 7)
    let before = try fixture.everything()
    #expect(throws: StoreError.generationPassed) { try decide(fixture, decider) }
    #expect(decider.calls == ["inputs"])
    #expect(try fixture.everything() == before)
  }
}

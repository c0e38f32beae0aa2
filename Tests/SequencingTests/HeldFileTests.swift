import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Testing

/// A file with a rolled back source is not accepted again automatically.
struct HeldFileTests {
  private static func policy(_ reason: String, seconds: Int = 1) -> String {
    "return { params = { n = \(seconds) }, select = function(c, fleet) return wait('\(reason)', params.n) end }"
  }

  private func engine(_ source: String = policy("good")) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    return try TestInstance(scenario, files: ["mine": source])
  }

  private func write(_ source: String, _ engine: TestInstance) throws {
    try engine.folder.write(source, to: "Rules/mine.lua")
  }

  /// The reason of the next cycle's decision.
  private func next(_ engine: TestInstance) throws -> String {
    engine.clock.advance(seconds: 100)
    try engine.decide()
    return try engine.contact("welcome/L1").decisions.first?.reason ?? "nothing"
  }

  /// Does what `usher policy rollback` does.
  private func rollBack(_ engine: TestInstance, to revision: PolicyRevision) throws {
    let before = try engine.generation().lineup.live
    try engine.change(.rollback, rolledBack: before) { $0.live = [revision] }
  }

  @Test func `a rolled back source is held until the file is edited, also by a new process`() throws {
    var engine = try engine()
    #expect(try next(engine) == "good")
    let good = try engine.generation().lineup.live[0]
    try write(Self.policy("bad"), engine)
    #expect(try next(engine) == "bad")
    try rollBack(engine, to: good)
    for _ in 0..<2 { #expect(try next(engine) == "good") }
    engine = try TestInstance(continuing: engine)
    for _ in 0..<2 { #expect(try next(engine) == "good") }
    #expect(try engine.generation().number == 3, "nothing was taken meanwhile")
    try write(Self.policy("better"), engine)
    #expect(try next(engine) == "better")
    // Writing the old source again is an intended edit.
    try write(Self.policy("bad"), engine)
    #expect(try next(engine) == "bad")
  }

  @Test func `a file that returns to the policy in use is no longer held`() throws {
    let engine = try engine()
    _ = try next(engine)
    let good = try engine.generation().lineup.live[0]
    try write(Self.policy("bad"), engine)
    _ = try next(engine)
    try rollBack(engine, to: good)
    _ = try next(engine)
    try write(Self.policy("good"), engine)
    #expect(try next(engine) == "good")
    try write(Self.policy("bad"), engine)
    #expect(try next(engine) == "bad")
  }

  @Test func `changed parameters do not bring the source back`() throws {
    let engine = try engine()
    _ = try next(engine)
    let good = try engine.generation().lineup.live[0]
    try write(Self.policy("bad"), engine)
    _ = try next(engine)
    try rollBack(engine, to: good)
    var change = StoreScenario()
    change.tenant("acme", policy: "mine", parameters: [("n", .integer(7))])
    try engine.take(change)
    #expect(try next(engine) == "good")
    let generation = try engine.generation()
    #expect(generation.lineup.live[0].parameters == [Parameter("n", .integer(7))])
    #expect(generation.parameters == [Parameter("n", .integer(7))])
    let decision = try #require(try engine.contact("welcome/L1").decisions.first)
    #expect(decision.until == engine.clock.now().advanced(bySeconds: 7))
  }

  @Test func `a policy activated before the first cycle stays, whatever is in the folder`() throws {
    let engine = try engine(Self.policy("from the file"))
    let chosen = try TestInstance.revision("mine", Self.policy("chosen"))
    try engine.change(.activate) { $0.live = [chosen] }
    for _ in 0..<2 { #expect(try next(engine) == "chosen") }
    try write(Self.policy("edited"), engine)
    #expect(try next(engine) == "edited")
  }

  @Test func `a recorded revision decides without its file`() throws {
    let engine = try engine(Self.policy("from the file"))
    _ = try next(engine)
    let other = try TestInstance.revision("mine", Self.policy("only in the store", seconds: 3))
    try engine.change(.activate) { $0.live = [other] }
    let again = try TestInstance(continuing: engine)
    #expect(try next(again) == "only in the store")
    #expect(try again.generation().lineup.live == [other])
  }

  @Test func `a rolled back canary is not accepted from the folder either`() throws {
    let engine = try engine()
    _ = try next(engine)
    let bad = try TestInstance.revision("mine", Self.policy("bad"))
    try engine.canary(bad, percent: 10)
    try engine.change(.rollback, rolledBack: [bad]) { $0.canary = nil }
    try write(Self.policy("bad"), engine)
    #expect(try next(engine) == "good")
  }

  @Test func `a pinned process applies no edited file, list or parameter, and an unpinned one after it does`() throws {
    let engine = try engine()
    _ = try next(engine)
    let epoch = try engine.store.becomeLeader(processID: 9, at: engine.clock.now(), isPinned: true)
    #expect(try engine.store.read { try $0.isPinned() })
    let pinned = Cycle(
      store: engine.store,
      registry: PolicyRegistry(
        catalog: PolicyCatalog(rules: engine.folder.file("Rules")), acceptance: StandardAcceptance(), isPinned: true),
      epoch: epoch,
      stopwatch: { 0 })
    try write(Self.policy("edited"), engine)
    var change = StoreScenario()
    change.tenant("acme", policies: ["mine", "strict"], parameters: [("n", .integer(5))])
    try engine.take(change)
    engine.clock.advance(seconds: 100)
    // The same policy gives the same answer, so the only change is the contact's next time, with the parameter of the file.
    #expect(try pinned.run(at: engine.clock.now()).decided == 0)
    #expect(try engine.generation().number == 1)
    let contact = try engine.contact("welcome/L1")
    #expect(contact.reason == "good" && contact.nextAt == engine.clock.now().advanced(bySeconds: 1))
    let chosen = try TestInstance.revision("mine", Self.policy("chosen"))
    try engine.change(.activate) { $0.live = [chosen] }
    engine.clock.advance(seconds: 100)
    #expect(try pinned.run(at: engine.clock.now()).decided == 1)
    #expect(try engine.contact("welcome/L1").decisions.first?.reason == "chosen")
    let unpinned = try TestInstance(continuing: engine)
    #expect(try next(unpinned) == "edited")
    #expect(try unpinned.generation().lineup.live.map(\.policy) == ["mine", "strict"])
  }

  @Test func `a pinned process reads a new tenant's policies from its files once`() throws {
    let engine = try engine()
    let epoch = try engine.store.becomeLeader(processID: 9, at: engine.clock.now(), isPinned: true)
    let pinned = Cycle(
      store: engine.store,
      registry: PolicyRegistry(
        catalog: PolicyCatalog(rules: engine.folder.file("Rules")), acceptance: StandardAcceptance(), isPinned: true),
      epoch: epoch,
      stopwatch: { 0 })
    #expect(try pinned.run(at: engine.clock.now()).decided == 1)
    #expect(try engine.contact("welcome/L1").decisions.first?.reason == "good")
  }
}
